package io.serai.cli;

import io.serai.condense.CondenseException;
import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigProblem;
import io.serai.config.ConfigSource;
import io.serai.config.Snapshot;
import io.serai.embedding.NoEmbeddingsException;
import io.serai.log.Logging;
import io.serai.quality.AutoselectQuality;
import io.serai.quality.ClassifyQuality;
import io.serai.quality.CondenseQuality;
import io.serai.quality.SelectionQuality;
import io.serai.server.Broker;
import io.serai.server.StartFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/** The commands. Each returns the process's exit code. */
public final class Commands {
    private static final int WRONG = 1;
    private static final int USAGE = 2;

    /** Of a broker that only this process talks to. */
    private static final Map<String, String> OF_ITS_OWN = Map.of(
            "serai.host", "127.0.0.1",
            "serai.port", "0",
            "serai.auth.enabled", "false",
            "serai.ledger.enabled", "false");

    private final Home home = Home.find();
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    public Commands(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    public int execute(List<String> words) {
        String command = words.isEmpty() ? "help" : words.get(0);
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            return switch (command) {
                case "run" -> run(Arguments.parse(rest, home.folder(), environment));
                case "validate" -> validate(Arguments.parse(rest, home.folder(), environment));
                case "bench" -> bench(rest);
                case "train" -> Training.run(out);
                case "help", "--help", "-h" -> help();
                default -> {
                    err.println("serai: unknown command " + command + "; ./serai help lists them");
                    yield USAGE;
                }
            };
        } catch (Arguments.UsageException e) {
            err.println("serai: " + e.getMessage());
            return USAGE;
        } catch (ConfigException e) {
            report(e);
            return WRONG;
        } catch (StartFailedException e) {
            err.println("serai: " + e.getMessage());
            return WRONG;
        } finally {
            Logging.flush();
        }
    }

    /** Serves until a signal asks to stop, then exits with 0. */
    private int run(Arguments arguments) throws ConfigException, StartFailedException {
        if (arguments.debug()) {
            Logging.debug();
        }
        ConfigSource source = new ConfigSource(arguments.config(), environment, arguments.settings());
        CountDownLatch stop = new CountDownLatch(1);
        for (String signal : List.of("TERM", "INT")) {
            Signal.handle(new Signal(signal), s -> stop.countDown());
        }
        Optional<AotTraining> training = AotTraining.ofThisProcess();
        try (Broker broker = Broker.start(source, home.routes(), home.watched(arguments.config()), home.data())) {
            if (stop.getCount() > 0) {
                training.ifPresent(AotTraining::start);
            }
            stop.await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WRONG;
        } finally {
            training.ifPresent(AotTraining::close);
        }
    }

    private int validate(Arguments arguments) throws ConfigException, StartFailedException {
        ConfigSource source = new ConfigSource(arguments.config(), environment, arguments.settings());
        List<String> warnings;
        Logging.quiet();
        try {
            warnings = Broker.validate(source, home.routes());
        } finally {
            Logging.normal();
        }
        warnings.forEach(w -> out.println("warning: " + w));
        out.println("The configuration is good.");
        return 0;
    }

    private int bench(List<String> words) throws Arguments.UsageException, ConfigException, StartFailedException {
        String what = words.isEmpty() ? "" : words.get(0);
        List<String> options = words.isEmpty() ? words : words.subList(1, words.size());
        Logging.quiet();
        try {
            switch (what) {
                case "autoselect" -> {
                    if (!options.isEmpty()) {
                        return benchModel(options);
                    }
                    new AutoselectQuality().print(out);
                }
                case "classify" -> ClassifyQuality.print(out);
                case "condense" -> benchCondense(BenchOptions.parse(options));
                default -> {
                    err.println("serai: bench what? There are: autoselect, classify, condense");
                    return USAGE;
                }
            }
            return 0;
        } catch (NoEmbeddingsException | CondenseException e) {
            err.println("serai: " + e.getMessage());
            return WRONG;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WRONG;
        } finally {
            Logging.normal();
        }
    }

    private void benchCondense(BenchOptions options) throws CondenseException, InterruptedException {
        CondenseQuality quality = new CondenseQuality();
        for (String set : options.sets()) {
            quality.print(out, set, options.ratio());
            out.println();
        }
    }

    /** By a broker of its own on this machine, with the configuration that there is. */
    private int benchModel(List<String> options)
            throws Arguments.UsageException, ConfigException, StartFailedException, InterruptedException {
        String model = options.get(0).startsWith("--model=")
                ? options.get(0).substring("--model=".length())
                : options.get(0).equals("--model") && options.size() > 1 ? options.get(1) : "";
        if (model.isEmpty()) {
            throw new Arguments.UsageException("bench autoselect takes --model provider/model first, and --config");
        }
        List<String> rest = options.subList(options.get(0).equals("--model") ? 2 : 1, options.size());
        Arguments arguments = Arguments.parse(rest, home.folder(), environment);
        Map<String, String> settings = new HashMap<>(arguments.settings());
        settings.putAll(OF_ITS_OWN);
        ConfigSource source = new ConfigSource(arguments.config(), environment, settings);
        Snapshot snapshot = new ConfigLoader().load(source);
        try (Broker broker = Broker.start(source, null, List.of())) {
            URI address = URI.create("http://127.0.0.1:" + broker.port());
            Duration patience = snapshot.settings().autoselect().timeout();
            boolean answered = new SelectionQuality(address, model, patience, snapshot.prompts()).print(out);
            if (!answered) {
                err.println("serai: " + model + " never answered; ./serai validate may know why");
            }
            return answered ? 0 : WRONG;
        }
    }

    private void report(ConfigException e) {
        for (ConfigProblem problem : e.problems()) {
            err.println(problem);
        }
        err.println(e.problems().size() == 1 ? "1 problem." : e.problems().size() + " problems.");
    }

    private int help() {
        try (var text = Commands.class.getResourceAsStream("help.txt")) {
            if (text != null) {
                out.print(new String(text.readAllBytes(), StandardCharsets.UTF_8));
            }
            return 0;
        } catch (IOException e) {
            return WRONG;
        }
    }
}
