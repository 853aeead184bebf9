package io.serai.server;

import io.serai.config.Rotation;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.routing.BranchSteps;
import io.serai.routing.Directory;
import io.serai.routing.LineUp;
import io.serai.routing.PanelSteps;
import io.serai.routing.Pools;
import java.util.Map;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Binds the steps of the rotations that ask several models at once, by the names that their routes call them by. */
final class SideBySide {
    private final Main main;
    private final Runtime runtime;

    SideBySide(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    void bind(Snapshot snapshot, Directory directory) {
        Settings settings = snapshot.settings();
        Map<String, Rotation> rotations = snapshot.rotations();
        rotations.forEach((name, rotation) -> {
            String route = Pools.ROTATION + name;
            step("line-up-" + route, new LineUp(route, rotation, directory, settings, runtime.extraSpend()));
        });
        main.bind("branches", runtime.branches());
        BranchSteps steps = new BranchSteps(rotations, settings, runtime.latencies(), runtime.extraSpend());
        main.bind("eachBranch", steps.each());
        step("beginBranch", steps::begin);
        step("awaitLateness", steps::awaitLateness);
        step("claimReply", steps::claim);
        step("noteBranch", steps::failed);
        step("endBranch", steps::end);
        step("awaitFirst", steps::awaitFirst);
        step("branchesOver", steps::over);
        step("settleBranches", steps::settle);
        PanelSteps panel = new PanelSteps(rotations, snapshot.prompts());
        main.bind("panelMeets", panel.meets());
        main.bind("unserved", panel.unserved());
        step("hearOpinion", panel::hear);
        step("briefJudge", panel::brief);
        step("keepJudgement", panel::keep);
        step("goWithoutJudge", panel::without);
        step("endJudge", panel::end);
    }

    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
