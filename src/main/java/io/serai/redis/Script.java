package io.serai.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A program that Redis runs in one step. It is named by its hash, and sent whole to a Redis that does not know it. */
final class Script {
    private final String text;
    private final String digest;

    /** @param file beside this class */
    Script(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not packed");
            }
            byte[] bytes = in.readAllBytes();
            text = new String(bytes, StandardCharsets.UTF_8);
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes)); // Redis' own choice
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }

    /**
     * Gives a list of numbers.
     *
     * @param arguments bytes, or what is told by its text
     */
    CompletionStage<List<Long>> run(
            RedisScriptingAsyncCommands<String, byte[]> commands, List<String> keys, Object... arguments) {
        String[] names = keys.toArray(String[]::new);
        byte[][] values = new byte[arguments.length][];
        for (int i = 0; i < values.length; i++) {
            values[i] = arguments[i] instanceof byte[] bytes
                    ? bytes
                    : arguments[i].toString().getBytes(StandardCharsets.UTF_8);
        }
        CompletionStage<List<Long>> known = commands.evalsha(digest, ScriptOutputType.MULTI, names, values);
        return known.exceptionallyCompose(e -> {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            return cause instanceof RedisNoScriptException
                    ? commands.eval(text, ScriptOutputType.MULTI, names, values)
                    : CompletableFuture.failedStage(cause);
        });
    }
}
