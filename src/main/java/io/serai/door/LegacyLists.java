package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.routing.Groups;
import io.serai.routing.Instances;
import io.serai.routing.LegacyPaths;
import java.time.Instant;
import org.apache.camel.Exchange;

/** AISBF's lists of what there is, in its shapes: an object by id, {@code {"data": [...]}}, or a bare array. */
public final class LegacyLists {
    private final ObjectMapper json;
    private final Groups groups;
    private final Instances instances;
    private final ListModels models;
    private final LegacyPaths paths;
    private final long created;

    public LegacyLists(
            ObjectMapper json,
            Groups groups,
            Instances instances,
            ListModels models,
            LegacyPaths paths,
            Instant loaded) {
        this.json = json;
        this.groups = groups;
        this.instances = instances;
        this.models = models;
        this.paths = paths;
        this.created = loaded.getEpochSecond();
    }

    /** {@code {id: {model_name, models: [{name, provider_id, weight, rate_limit}]}}} */
    public void rotations(Exchange exchange) {
        Answers.send(Call.of(exchange), rotations());
    }

    ObjectNode rotations() {
        ObjectNode all = json.createObjectNode();
        groups.rotations().forEach((id, rotation) -> {
            ArrayNode members =
                    all.putObject(id).put("model_name", rotation.name()).putArray("models");
            rotation.members()
                    .forEach(m -> members.addObject()
                            .put("name", m.model())
                            .put("provider_id", m.provider())
                            .put("weight", m.weight())
                            .put("rate_limit", m.rateLimit()));
        });
        return all;
    }

    /** {@code {data: [...]}}: every rotation's members, each as a model. */
    public void rotationModels(Exchange exchange) {
        Answers.send(Call.of(exchange), rotationModels());
    }

    ObjectNode rotationModels() {
        ObjectNode all = json.createObjectNode();
        ArrayNode data = all.putArray("data");
        groups.rotations().forEach((id, rotation) -> addMembers(id, rotation, data));
        return all;
    }

    /** {@code {id: {model_name, description, fallback, available_models: [{model_id, description}]}}} */
    public void autoselects(Exchange exchange) {
        Answers.send(Call.of(exchange), autoselects());
    }

    ObjectNode autoselects() {
        ObjectNode all = json.createObjectNode();
        groups.autoselects().forEach((id, autoselect) -> {
            ArrayNode choices = all.putObject(id)
                    .put("model_name", autoselect.name())
                    .put("description", autoselect.description())
                    .put("fallback", autoselect.fallback())
                    .putArray("available_models");
            autoselect
                    .available()
                    .forEach(c -> choices.addObject().put("model_id", c.model()).put("description", c.description()));
        });
        return all;
    }

    /** {@code {data: [...]}}: what every autoselect chooses from, each as a model. */
    public void autoselectModels(Exchange exchange) {
        Answers.send(Call.of(exchange), autoselectModels());
    }

    ObjectNode autoselectModels() {
        ObjectNode all = json.createObjectNode();
        ArrayNode data = all.putArray("data");
        groups.autoselects().forEach((id, autoselect) -> addChoices(id, autoselect, data));
        return all;
    }

    /** A bare array: the models of the autoselect, else the rotation, else the provider that the path names. 404 else. */
    public void ofPath(Exchange exchange) {
        Call call = Call.of(exchange);
        Answers.send(call, ofId(LegacyPaths.idIn(call.door())));
    }

    ArrayNode ofId(String id) {
        ArrayNode list = json.createArrayNode();
        Groups.Autoselect autoselect = groups.autoselects().get(id);
        Groups.Rotation rotation = groups.rotations().get(id);
        if (autoselect != null) {
            addChoices(id, autoselect, list);
        } else if (rotation != null) {
            addMembers(id, rotation, list);
        } else if (!instances.of(id).isEmpty()) {
            models.ofProvider(id).forEach(list::add);
        } else {
            throw paths.unknown(id);
        }
        return list;
    }

    private void addMembers(String id, Groups.Rotation rotation, ArrayNode to) {
        for (Groups.Member member : rotation.members()) {
            model(to, id + "/" + member.model(), id, member.provider())
                    .put("rotation_id", id)
                    .put("actual_model", member.model())
                    .put("provider_id", member.provider())
                    .put("weight", member.weight())
                    .put("rate_limit", member.rateLimit());
        }
    }

    private void addChoices(String id, Groups.Autoselect autoselect, ArrayNode to) {
        for (Groups.Choice choice : autoselect.available()) {
            model(to, choice.model(), id, "autoselect")
                    .put("autoselect_id", id)
                    .put("description", choice.description())
                    .put("fallback", autoselect.fallback());
        }
    }

    private ObjectNode model(ArrayNode to, String id, String name, String owner) {
        return to.addObject()
                .put("id", id)
                .put("name", name)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", owner);
    }
}
