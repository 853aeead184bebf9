package io.serai.server;

import io.serai.autoselect.AutoselectSteps;
import io.serai.autoselect.ByMeaning;
import io.serai.autoselect.Picking;
import io.serai.classify.Classification;
import io.serai.config.Snapshot;
import io.serai.routing.Ability;
import io.serai.routing.CrossroadsSteps;
import io.serai.routing.Directory;
import io.serai.routing.Foresight;
import io.serai.routing.RouteLanguage;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Binds the steps of autoselects. */
final class Autoselecting {
    private final Main main;
    private final Runtime runtime;

    Autoselecting(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    /** Returns who can say what an autoselect would pick. */
    Foresight bind(Snapshot snapshot, Ability ability, Directory directory, Classification classification) {
        ByMeaning meaning = new ByMeaning(runtime.meanings(), runtime.tasks());
        Picking picking = new Picking(runtime.json(), snapshot, ability, meaning, runtime.choices(), classification);
        AutoselectSteps steps = new AutoselectSteps(runtime.json(), snapshot, picking, runtime.timers());
        step("findAutoselect", directory::ofAutoselect);
        main.bind("theAutoselect", RouteLanguage.endpoint(AutoselectSteps::route));
        step("beginPick", steps::begin);
        main.bind("asksMeaning", steps.asksMeaning());
        step("pickByMeaning", steps::byMeaning);
        main.bind("asksModel", steps.asksModel());
        step("beginQuestion", steps::beginQuestion);
        step("endQuestion", steps::endQuestion);
        step("settlePick", steps::settle);
        CrossroadsSteps crossroads = new CrossroadsSteps(directory);
        main.bind("atCrossroads", crossroads.reached());
        step("beginChoice", crossroads::begin);
        step("takeChoice", crossroads::take);
        step("passOverChoice", crossroads::passOver);
        return picking;
    }

    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
