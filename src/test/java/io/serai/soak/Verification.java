package io.serai.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.RawHttp;
import io.serai.soak.Evidence.Failed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Whether the client heard what is right, by what the vendors did: behaviour, sections 1, 2, 4 and 5. */
final class Verification {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** These say something of a key only: another failure is told to the client before them. */
    private static final Set<String> OF_KEY = Set.of("credentials_bad", "quota_used_up");

    private static final Set<String> NOBODY = Set.of("refused", "lost", "notls");
    /** What a provider that nobody can reach must be called. */
    private static final Set<String> AWAY = Set.of("unreachable", "timed_out_connect");

    private static final Set<String> LATE = Set.of("timed_out_first_event", "timed_out_total", "timed_out_idle");

    private final Evidence evidence;
    /** Good answers that came too late for a busy machine. */
    final AtomicInteger late = new AtomicInteger();

    final Map<String, AtomicInteger> outcomes = new java.util.concurrent.ConcurrentSkipListMap<>();

    Verification(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Returns the request's line in the log. */
    Map<String, String> check(Request.Seen seen) throws Exception {
        String id = seen.request().id();
        Map<String, String> line = evidence.line(id);
        List<Hit> hits = evidence.hits(id);
        List<Failed> failed = evidence.failed(id);
        List<Failed> made = failed.stream().filter(Failed::made).toList();
        assertThat(hits.size()).as("attempts at most").isLessThanOrEqualTo(6);
        count(outcomes, line.get("outcome") + " " + line.get("status"));
        RawHttp.Answer answer = seen.answer();
        if (answer == null) {
            assertThat(line.get("status")).isIn("200", "499", "400", "404", "429", "502", "503", "504");
            return line;
        }
        assertThat(line.get("status")).isEqualTo(Integer.toString(answer.status()));
        List<Hit> left = explain(hits, made);
        perKey(made, left);
        if (answer.status() == 200) {
            assertThat(left).as("served once").hasSize(1);
            served(seen.request(), answer, left.get(0), line);
        } else {
            assertThat(left).as("served and yet an error").isEmpty();
            refused(seen.request(), answer, failed, made);
        }
        int attempts = made.size() + left.size();
        assertThat(answer.headers().get("x-serai-attempts"))
                .isEqualTo(attempts == 0 ? null : Integer.toString(attempts));
        assertThat(line.get("attempts")).isEqualTo(Integer.toString(attempts));
        return line;
    }

    /** Matches what the broker says of its failed attempts with what the vendors did; returns what no failure explains. */
    private List<Hit> explain(List<Hit> hits, List<Failed> made) {
        List<Hit> left = new ArrayList<>(hits);
        for (Failed attempt : made) {
            if (NOBODY.contains(attempt.provider())) {
                if (!AWAY.contains(attempt.reason())) {
                    assertThat(attempt.reason()).isIn(LATE);
                    late.incrementAndGet();
                }
                continue;
            }
            Hit hit = left.stream()
                    .filter(h -> h.provider().equals(attempt.provider()))
                    .findFirst()
                    .orElse(null);
            if (hit == null) {
                assertThat(attempt.reason()).as("an attempt that no vendor saw").isIn(LATE);
                late.incrementAndGet();
                continue;
            }
            left.remove(hit);
            if (hit.fate().reasons().contains(attempt.reason())) {
                if (hit.fate().what() == Fate.What.ERROR) {
                    assertThat(attempt.status()).isEqualTo(hit.fate().status());
                }
            } else {
                assertThat(attempt.reason()).as("after " + hit).isIn(LATE);
                late.incrementAndGet();
            }
        }
        return left;
    }

    private static void perKey(List<Failed> made, List<Hit> left) {
        Map<String, AtomicInteger> uses = new HashMap<>();
        made.forEach(attempt -> count(uses, attempt.instance()));
        assertThat(uses.values()).as("attempts on a key").allMatch(n -> n.get() <= 2);
        assertThat(made.size() + left.size()).isLessThanOrEqualTo(6);
    }

    private void served(Request request, RawHttp.Answer answer, Hit hit, Map<String, String> line) throws Exception {
        assertThat(answer.headers().get("x-serai-provider")).isEqualTo(hit.provider());
        assertThat(hit.fate().serves()).as("served by " + hit).isTrue();
        assertThat(hit.streamed()).isEqualTo(request.streamed());
        boolean whole = hit.fate().what() == Fate.What.OK;
        if (!request.streamed()) {
            JsonNode body = JSON.readTree(answer.body());
            assertThat(body.at(request.upload() ? "/text" : "/choices/0/message/content")
                            .asText())
                    .isEqualTo(hit.text());
        } else {
            stream(answer.body(), hit, whole);
        }
        if (line.get("outcome").equals("OK") && !request.upload()) {
            assertThat(line).containsEntry("in", Integer.toString(hit.in()));
            assertThat(line).containsEntry("out", Integer.toString(hit.out()));
        }
    }

    private void stream(String body, Hit hit, boolean whole) throws Exception {
        StringBuilder text = new StringBuilder();
        JsonNode error = null;
        int done = 0;
        for (String event : body.split("\n\n")) {
            if (!event.startsWith("data: ")) {
                assertThat(event).as("a comment").startsWith(":");
                continue;
            }
            assertThat(error).as("nothing behind an error").isNull();
            assertThat(done).as("nothing behind the end").isZero();
            if (event.equals("data: [DONE]")) {
                done++;
                continue;
            }
            JsonNode chunk = JSON.readTree(event.substring(6));
            error = chunk.get("error");
            text.append(chunk.at("/choices/0/delta/content").asText(""));
        }
        if (whole && error != null && error.path("code").asText().equals("upstream_timeout")) {
            late.incrementAndGet();
            assertThat(hit.text()).startsWith(text.toString());
        } else if (whole) {
            assertThat(error).isNull();
            assertThat(text).hasToString(hit.text());
            assertThat(done).isEqualTo(1);
        } else {
            assertThat(error).as("a stream that broke off, as " + hit).isNotNull();
            assertThat(error.path("code").asText()).isIn("upstream_error", "upstream_timeout");
            assertThat(hit.text()).startsWith(text.toString());
            assertThat(done).isZero();
        }
    }

    private static void refused(Request request, RawHttp.Answer answer, List<Failed> failed, List<Failed> made)
            throws Exception {
        JsonNode error = JSON.readTree(answer.body()).path("error");
        String is = answer.status() + " " + error.path("type").asText() + " "
                + error.path("code").asText();
        if (request.model().equals("nobody/m") || request.model().equals("rotation/nothing")) {
            assertThat(is).isEqualTo("404 invalid_request_error model_not_found");
            return;
        }
        Failed first = made.stream()
                .filter(attempt -> !OF_KEY.contains(attempt.reason()))
                .findFirst()
                .orElse(null);
        if (first != null) {
            assertThat(is).as("after " + made).startsWith(expected(first));
        } else {
            assertThat(is)
                    .as("nobody was asked, or only with keys that are no good")
                    .isIn(
                            "429 rate_limit_error rate_limit_exceeded",
                            "429 insufficient_quota insufficient_quota",
                            "502 api_error upstream_credentials_exhausted",
                            "503 api_error no_available_target");
        }
        if (answer.status() == 503 || is.contains("rate_limit_exceeded")) {
            assertThat(Integer.parseInt(answer.headers().getOrDefault("retry-after", "0")))
                    .isPositive();
        }
        List<String> told = new ArrayList<>();
        error.path("attempts").forEach(a -> told.add(a.path("reason").asText()));
        assertThat(told).isEqualTo(failed.stream().map(Failed::reason).toList());
    }

    private static String expected(Failed attempt) {
        return switch (attempt.reason()) {
            case "rate_limited" -> "429 rate_limit_error rate_limit_exceeded";
            case "overloaded" ->
                attempt.status() == 503 || attempt.status() == 529
                        ? "503 api_error no_available_target"
                        : "502 api_error upstream_error";
            case "rejected" -> "400 invalid_request_error";
            case "model_not_found" -> "404 invalid_request_error model_not_found";
            case "unreachable", "broken_answer" -> "502 api_error upstream_error";
            default -> "504 timeout_error upstream_timeout";
        };
    }

    private static void count(Map<String, AtomicInteger> counts, String what) {
        counts.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
    }
}
