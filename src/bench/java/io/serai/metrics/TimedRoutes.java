package io.serai.metrics;

import io.serai.batch.Savings;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Settings;
import io.serai.ledger.Books;
import io.serai.routing.ExtraSpend;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Ten routes, each of which calls the next: what their clocks take, {@code serai.metrics.routes}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TimedRoutes {
    private static final int ROUTES = 10;

    @Param({"false", "true"})
    public boolean timed;

    private DefaultCamelContext camel;
    private ProducerTemplate sender;

    @Setup
    public void setup() throws Exception {
        Settings settings = new ConfigLoader()
                .load(new ConfigSource(null, Map.of(), Map.of()))
                .settings();
        camel = new DefaultCamelContext();
        if (timed) {
            new Meters(Books.open(settings, null), new Savings(), new ExtraSpend(System::nanoTime)).timeRoutes(camel);
        }
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                for (int i = 0; i < ROUTES; i++) {
                    var route = from("direct:route-" + i).routeId("route-" + i);
                    if (i + 1 < ROUTES) {
                        route.to("direct:route-" + (i + 1));
                    } else {
                        route.process(exchange -> {});
                    }
                }
            }
        });
        camel.start();
        sender = camel.createProducerTemplate();
    }

    @TearDown
    public void tearDown() throws Exception {
        camel.close();
    }

    @Benchmark
    public Exchange passed() {
        return sender.send("direct:route-0", exchange -> {});
    }
}
