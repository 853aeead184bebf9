package io.serai.soak;

import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StreamScript;
import io.serai.stub.StubUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stub vendor that draws what it does from the run's seed, the request's name and how often it saw the request before, so
 * that neither threads nor time have a say in it.
 */
final class Vendor implements AutoCloseable {
    /** Keys that end so are dead, or have no credit left. */
    static final String DEAD = "-dead";

    static final String BROKE = "-broke";

    private static final Pattern NAME = Pattern.compile("soak-\\d+");
    private static final int[] FAULTS = {500, 502, 503, 504, 529};

    final String id;
    final Wire wire;
    private final long seed;
    private final Evidence evidence;
    private final StubUpstream stub = new StubUpstream().forgetting();
    private final AtomicInteger playing = new AtomicInteger();
    private volatile boolean well;

    Vendor(String id, Wire wire, long seed, Evidence evidence) {
        this.id = id;
        this.wire = wire;
        this.seed = seed;
        this.evidence = evidence;
        stub.on(this::choose);
    }

    String endpoint() {
        return stub.origin() + wire.endpoint;
    }

    /** From here on every request is served. */
    void recover() {
        well = true;
    }

    /** Answers under way. */
    int playing() {
        return playing.get();
    }

    int connections() {
        return stub.openConnections();
    }

    List<String> malformed() {
        return stub.malformedRequests();
    }

    private Script choose(RecordedRequest request) {
        Matcher name = NAME.matcher(request.text());
        if (!name.find()) {
            return Scripts.status(400, "{\"error\":{\"message\":\"no name\"}}");
        }
        int nth = (int) evidence.hits(name.group()).stream()
                .filter(h -> h.provider().equals(id))
                .count();
        Random random = new Random(seed * 31 + (name.group() + id + nth).hashCode());
        Drawn drawn = draw(random, request, name.group() + "." + id + "." + nth);
        evidence.hit(name.group(), drawn.hit());
        return exchange -> {
            playing.incrementAndGet();
            try {
                drawn.script().play(exchange);
            } finally {
                playing.decrementAndGet();
            }
        };
    }

    private record Drawn(Hit hit, Script script) {}

    private Drawn draw(Random random, RecordedRequest request, String token) {
        String key = key(request);
        boolean form = !String.valueOf(request.header("content-type")).contains("json");
        boolean streamed = !form && wire.streamed(request);
        int in = random.nextInt(10, 40);
        int out = random.nextInt(5, 30);
        List<String> texts = new ArrayList<>();
        texts.add("[" + token);
        for (int i = random.nextInt(6); i >= 0; i--) {
            texts.add(" " + Integer.toHexString(random.nextInt()));
        }
        texts.add("]");
        String text = String.join("", texts);
        Duration first = random.nextInt(5) > 0 ? Duration.ZERO : Duration.ofMillis(random.nextInt(5, 40));
        StreamScript stream = wire.stream(texts, in, out)
                .firstEventAfter(first)
                .between(random.nextInt(4) > 0 ? Duration.ZERO : Duration.ofMillis(random.nextInt(1, 6)));
        Script plain = form ? Scripts.status(200, "{\"text\":\"" + text + "\"}") : wire.plain(text, in, out);
        Script whole = streamed
                ? stream
                : exchange -> {
                    exchange.pause(first);
                    plain.play(exchange);
                };
        Script[] script = {whole};
        Fate fate = key.endsWith(DEAD)
                ? refuse(script, Fate.error(401, "credentials_bad"), "authentication_error", "invalid_api_key")
                : key.endsWith(BROKE)
                        ? refuse(script, Fate.error(402, "quota_used_up"), "insufficient_quota", "insufficient_quota")
                        : well ? Fate.OK : fate(random, script, stream, streamed, texts.size(), plain);
        return new Drawn(new Hit(id, key, fate, text, streamed, in, out, System.nanoTime()), script[0]);
    }

    private Fate fate(Random random, Script[] script, StreamScript stream, boolean streamed, int texts, Script plain) {
        int dice = random.nextInt(1000);
        if (dice < 700) {
            return Fate.OK;
        } else if (dice < 750) {
            return refuse(script, Fate.error(FAULTS[random.nextInt(5)], "overloaded"), "api_error", "server_error");
        } else if (dice < 770) {
            return refuse(script, Fate.error(503, "overloaded"), "api_error", "server_error", wait(random));
        } else if (dice < 795) {
            return refuse(script, Fate.error(429, "rate_limited"), "rate_limit_error", "rate_limit", wait(random));
        } else if (dice < 815) {
            return refuse(script, Fate.error(429, "rate_limited"), "rate_limit_error", "rate_limit");
        } else if (dice < 830) {
            return refuse(script, Fate.error(400, "rejected"), "invalid_request_error", "invalid_value");
        } else if (dice < 845) {
            return refuse(script, Fate.error(404, "model_not_found"), "invalid_request_error", "model_not_found");
        } else if (dice < 865) {
            script[0] = Scripts.hangUp();
            return Fate.HANG_UP;
        } else if (dice < 885) {
            script[0] = Scripts.reset();
            return Fate.RESET;
        } else if (dice < 915) {
            Script[] nonsense = {Scripts.html(), Scripts.halfJson(), Scripts.emptyOk(), Scripts.html(200)};
            script[0] = nonsense[random.nextInt(nonsense.length)];
            return Fate.NONSENSE;
        } else if (dice < 930) {
            script[0] = Scripts.stall();
            return Fate.STALL;
        }
        return streamed ? breakOff(random, script, stream, texts) : cut(script);
    }

    private Fate refuse(Script[] script, Fate fate, String type, String code, String... headers) {
        script[0] = wire.error(fate.status(), type, code, headers);
        return fate;
    }

    private static String[] wait(Random random) {
        return new String[] {"retry-after-ms", Integer.toString(random.nextInt(10, 80))};
    }

    private Fate breakOff(Random random, Script[] script, StreamScript stream, int texts) {
        int whole = random.nextInt(wire.opening + texts);
        boolean silent = whole <= wire.opening;
        int how = random.nextInt(20);
        script[0] = switch (how) {
            case 0 -> stream.stallAfter(whole);
            case 1, 2, 3, 4, 5 -> stream.cutAfter(whole);
            case 6, 7, 8, 9, 10 -> stream.cutWithin(whole);
            default -> stream.endAfter(whole);
        };
        return !silent
                ? Fate.brokenOff()
                : how == 0
                        ? Fate.brokenOff("timed_out_first_event", "timed_out_idle", "timed_out_total")
                        : Fate.brokenOff("broken_answer", "unreachable");
    }

    /** Half a plain body. */
    private static Fate cut(Script[] script) {
        script[0] = Scripts.raw(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"choices\":[");
        return Fate.brokenOff("broken_answer", "unreachable");
    }

    private static String key(RecordedRequest request) {
        for (String header : new String[] {"authorization", "x-api-key", "x-goog-api-key"}) {
            String value = request.header(header);
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    @Override
    public void close() {
        stub.close();
    }
}
