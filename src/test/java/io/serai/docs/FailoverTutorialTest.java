package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's client, its files and its questions, word for word; only ports, the rest of 20 s and the pace are others. */
@DisabledOnOs(OS.WINDOWS)
class FailoverTutorialTest {
    private static final Path PAGE = Path.of("docs/tutorial-failover.md");
    private static final Duration MOST = Duration.ofSeconds(40);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|yaml)\\n(.*?)^```");

    @TempDir
    Path folder;

    @Test
    void aProviderDiesAndReturnsAndTheClientNoticesNothing() throws Exception {
        TestBroker north = TestBroker.with().start();
        int port = north.port();
        try (TestBroker south = TestBroker.with().start();
                TestBroker broker = TestBroker.with()
                        .file(
                                "config/providers.yaml",
                                block("yaml", "north: {type")
                                        .replace("3386", "" + port)
                                        .replace("3387", "" + south.port()))
                        .file("config/rotations.yaml", block("yaml", "steady:").replace("cooldown: 20", "cooldown: 2"))
                        .set("serai.breaker.open", "1s")
                        .env("ADMIN_TOKEN", "open-sesame")
                        .start()) {
            Path seen = folder.resolve("client.txt");
            Process client = shell(block("sh", "while sleep").replace("sleep 0.5", "sleep 0.1"), broker)
                    .redirectErrorStream(true)
                    .redirectOutput(seen.toFile())
                    .start();
            try {
                awaitLine(seen, 0, "200 north attempts=1 fallback=false stream=false");
                awaitLine(seen, 0, "200 north attempts=1 fallback=false stream=true");
                awaitLine(seen, 0, "200 south attempts=1 fallback=false stream=true");

                north.close();
                awaitLine(seen, 0, "200 south attempts=[23] fallback=true stream=false");
                awaitLine(seen, 0, "200 south attempts=[23] fallback=true stream=true");
                await().atMost(MOST)
                        .until(() -> ask("/health", broker)
                                .at("/providers/north/instances/0/state")
                                .asText()
                                .equals("failing"));
                // in one answer: before the next its rest may be over
                await().atMost(MOST).until(() -> {
                    JsonNode plan = ask("/v1/route/explain", broker);
                    return plan.at("/skipped/0/reason").asText().equals("failing")
                            && plan.at("/candidates/0/provider").asText().equals("south");
                });

                int before = lines(seen).size();
                north = TestBroker.with().set("serai.port", "" + port).start();
                awaitLine(seen, before, "200 north attempts=1 fallback=false stream=(true|false)");
            } finally {
                client.destroy();
                client.waitFor();
            }
            assertThat(lines(seen)).allMatch(line -> line.matches("\"finish_reason\":\"stop\" 200 (north|south) .*"));
        } finally {
            north.close();
        }
    }

    private static void awaitLine(Path file, int from, String pattern) {
        await(pattern).atMost(MOST).until(() -> {
            List<String> lines = lines(file);
            return lines.subList(Math.min(from, lines.size()), lines.size()).stream()
                    .anyMatch(line -> line.matches("\"finish_reason\":\"stop\" " + pattern));
        });
    }

    /** Those that are there whole. */
    private static List<String> lines(Path file) throws IOException {
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /** What the page's own command for a path says. */
    private JsonNode ask(String path, TestBroker broker) throws Exception {
        Path answer = Files.createTempFile(folder, "answer", ".json");
        Process asking = shell(block("sh", "127.0.0.1:3385" + path), broker)
                .redirectOutput(answer.toFile())
                .start();
        assertThat(asking.waitFor()).isZero();
        return JSON.readTree(answer.toFile());
    }

    private static ProcessBuilder shell(String command, TestBroker broker) {
        return new ProcessBuilder("sh", "-c", command.replace("127.0.0.1:3385", "127.0.0.1:" + broker.port()));
    }

    /** The one block of the page that holds the words. */
    private static String block(String kind, String words) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        while (block.find()) {
            if (block.group(1).equals(kind) && block.group(2).contains(words)) {
                found.add(block.group(2));
            }
        }
        assertThat(found).as(words).hasSize(1);
        return found.get(0);
    }
}
