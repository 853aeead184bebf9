package io.serai.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.routing.Instances;
import io.serai.routing.Reach;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Processor;

/** Every step of the cache's routes for one generation. */
public final class Caching {
    private Caching() {}

    /** By the names that the routes use. */
    public static Map<String, Object> names(
            Snapshot snapshot, Stores stores, Reach reach, Instances instances, ObjectMapper json) {
        Settings settings = snapshot.settings();
        Switches switches = new Switches(snapshot);
        boolean any = switches.any();
        Map<String, Object> names = new LinkedHashMap<>(stores.names(settings, json, any));
        CacheSteps steps = new CacheSteps(stores, settings, any);
        names.putAll(steps.names());
        names.put("chooseCache", (Processor) steps::choose);
        names.put("openParcel", (Processor) steps::open);
        names.put("beginStoring", (Processor) steps::beginStoring);
        names.put("endStoring", (Processor) steps::endStoring);
        names.put("wrapParcel", (Processor) steps::wrap);
        names.put("noteKept", (Processor) steps::kept);
        names.put("noteBrokenCache", (Processor) steps::failed);
        names.put("enterCache", (Processor) steps::enter);
        names.put("cacheBounds", (Processor) steps::bounds);
        names.put("noteEvicted", (Processor) steps::evicted);
        Replies replies = new Replies(json, instances, stores.models(), settings.echoModel());
        AnswerSteps answers = new AnswerSteps(
                new Ways(reach, switches),
                new AnswerKey(
                        settings.cache().keyPrefix(), settings.responseCache().acrossTenants()),
                new Flights(replies, new Assembly(json), stores.clearings()),
                stores.clearings(),
                replies,
                stores.backends(),
                json,
                settings.responseCache(),
                stores.room(settings.responseCache()),
                any);
        names.putAll(answers.questions());
        names.put("nameAnswer", (Processor) answers::name);
        names.put("askForAnswer", (Processor) answers::ask);
        names.put("takeAnswer", (Processor) answers::take);
        names.put("joinFlight", (Processor) answers::join);
        names.put("putAnswerAside", (Processor) answers::keep);
        names.put("landFlight", (Processor) answers::land);
        names.put("packAnswer", (Processor) answers::pack);
        names.put("clearAnswer", (Processor) answers::clear);
        return names;
    }
}
