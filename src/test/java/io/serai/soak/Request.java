package io.serai.soak;

import io.serai.broker.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** One client's request, drawn from the run's seed, and what the client saw of the answer. */
record Request(String id, String model, boolean streamed, boolean upload, Leaving leaving, int afterMs) {
    /** When the client goes away without having heard all. */
    enum Leaving {
        STAYS,
        AFTER_ASKING,
        AFTER_THE_HEAD
    }

    private static final List<String> DIRECT =
            List.of("alpha/m", "beta/m", "gamma/m", "delta/m", "epsilon/m", "zeta/m");
    private static final List<String> NAMES = List.of(
            "pair",
            "trio",
            "rotation/shares",
            "rotation/shares",
            "rotation/order",
            "rotation/quick",
            "rotation/cheap",
            "rotation/nested");
    private static final List<String> ODD = List.of("refused/m", "lost/m", "notls/m", "nobody/m", "rotation/nothing");

    /** @param answer null when the client left first */
    record Seen(Request request, RawHttp.Answer answer) {}

    static Request draw(long seed, int number) {
        Random random = new Random(seed * 1_000_003 + number);
        random.nextInt();
        boolean upload = random.nextInt(50) == 0;
        int dice = random.nextInt(100);
        String model = upload
                ? "alpha/whisper"
                : dice < 3
                        ? ODD.get(random.nextInt(ODD.size()))
                        : dice < 30
                                ? DIRECT.get(random.nextInt(DIRECT.size()))
                                : NAMES.get(random.nextInt(NAMES.size()));
        boolean streamed = !upload && random.nextBoolean();
        Leaving leaving = random.nextInt(100) >= 6
                ? Leaving.STAYS
                : streamed && random.nextBoolean() ? Leaving.AFTER_THE_HEAD : Leaving.AFTER_ASKING;
        return new Request("soak-" + number, model, streamed, upload, leaving, random.nextInt(25));
    }

    Seen send(int port) throws IOException, InterruptedException {
        try (RawHttp http = new RawHttp(port)) {
            http.send(bytes());
            if (leaving == Leaving.AFTER_ASKING) {
                Thread.sleep(afterMs);
                return new Seen(this, null);
            }
            RawHttp.Answer head = http.readHead();
            if (leaving == Leaving.AFTER_THE_HEAD) {
                Thread.sleep(afterMs / 4);
                return new Seen(this, null);
            }
            return new Seen(this, new RawHttp.Answer(head.status(), head.headers(), http.rest(head)));
        }
    }

    private byte[] bytes() {
        String type = upload ? "multipart/form-data; boundary=b" : "application/json";
        String body = upload
                ? "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n" + model
                        + "\r\n--b\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\n" + id
                        + "\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n"
                        + "content-type: audio/mpeg\r\n\r\n" + "x".repeat(20_000) + "\r\n--b--\r\n"
                : "{\"model\":\"" + model + "\",\"max_tokens\":60,\"stream\":" + streamed
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Say what " + id + " is.\"}]}";
        return ("POST /v1/" + (upload ? "audio/transcriptions" : "chat/completions")
                        + " HTTP/1.1\r\nhost: broker\r\nconnection: close\r\ncontent-type: " + type
                        + "\r\nx-request-id: "
                        + id + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
