package io.serai.server;

import io.serai.condense.CondenseDoor;
import io.serai.condense.CondenseSteps;
import io.serai.condense.ModelSteps;
import io.serai.config.CondenseMethods;
import io.serai.config.Permits;
import io.serai.config.Snapshot;
import io.serai.door.ShowCondensed;
import io.serai.routing.Ability;
import io.serai.routing.Directory;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Binds the steps of condensing. */
final class Shortening {
    private final Main main;
    private final Runtime runtime;

    Shortening(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    void bind(Snapshot snapshot, Directory directory, Ability ability) {
        CondenseSteps steps = new CondenseSteps(runtime.meanings());
        step("weighCandidate", steps::weigh);
        main.bind("tooLongForIt", steps.tooLong());
        main.bind("theCondensers", steps.routes());
        main.bind("overTarget", steps.overTarget());
        main.bind("stillTooLong", steps.left());
        step("settleCondensing", steps::settle);
        step("noteCondenserFailure", steps::failed);
        for (String method : steps.methods()) {
            main.bind(CondenseMethods.step(method), steps.apply(method));
        }
        ModelSteps models = new ModelSteps(
                runtime.json(),
                snapshot,
                runtime.summaries(),
                (call, model) -> ability.maySee(call, model, Permits.NONE),
                runtime.timers());
        main.bind("hasJanitor", models.hasJanitor());
        main.bind("asksReader", models.asks());
        step("planSummary", models::planSummary);
        step("takeSummary", models::takeSummary);
        step("planPruning", models::planPruning);
        step("takePruning", models::takePruning);
        step("beginReading", models::begin);
        step("endReading", models::end);
        main.bind("backToChain", (AggregationStrategy) (before, asked) -> before);
        CondenseDoor door = new CondenseDoor(
                runtime.json(), snapshot.settings().condensation().target(), call -> directory.tokens(call.model()));
        step("beginCondensing", door::begin);
        step("answerCondensed", new ShowCondensed(door::answer)::answer);
    }

    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
