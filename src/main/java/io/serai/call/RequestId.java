package io.serai.call;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request's name, in every answer and every log line: the client's own, or a new one. */
public final class RequestId {
    /** What may stand in a log line and in a header without harm. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestId() {}

    public static String of(@Nullable String given) {
        if (given != null && HARMLESS.matcher(given).matches()) {
            return given;
        }
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        return "req_" + HexFormat.of().formatHex(bytes);
    }
}
