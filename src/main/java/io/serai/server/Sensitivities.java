package io.serai.server;

import io.serai.call.Call;
import io.serai.classify.Classification;
import io.serai.classify.ClassifySteps;
import io.serai.config.Snapshot;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Binds the steps that find sensitive prompts. */
final class Sensitivities {
    private final Main main;
    private final Runtime runtime;

    Sensitivities(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    /** Returns who can say what a call would turn out to be. */
    Classification bind(Snapshot snapshot) {
        Classification classification = new Classification(snapshot, runtime.detectors());
        ClassifySteps steps = new ClassifySteps(runtime.json(), snapshot, classification, runtime.timers());
        main.bind("classifies", steps.classifies());
        step("readWindow", steps::begin);
        main.bind("asksClassifier", steps.asksModel());
        step("searchPrivacy", steps::searchPrivacy);
        step("searchNsfw", steps::searchNsfw);
        main.bind("wordsLeaveItOpen", steps.open());
        step("compareMeaning", steps::compareMeaning);
        step("settleClassification", steps::settle);
        step("beginClassification", steps::beginQuestion);
        step("endClassification", steps::endQuestion);
        step("foreseeClassification", exchange -> classification.foresee(Call.of(exchange)));
        return classification;
    }

    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
