package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Upload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A client's form as it goes to a provider: its order and its files, with the fields that the attempt's body has now. */
final class FormFields {
    private FormFields() {}

    static List<Upload.Part> of(Upload form, ObjectNode body) {
        List<Upload.Part> parts = new ArrayList<>();
        Map<String, Integer> sent = new HashMap<>();
        for (Upload.Part part : form.parts()) {
            if (part instanceof Upload.File) {
                parts.add(part);
                continue;
            }
            List<String> values = values(body, part.name());
            int index = sent.merge(part.name(), 1, Integer::sum) - 1;
            if (index < values.size()) {
                parts.add(new Upload.Field(part.name(), values.get(index)));
            }
        }
        body.fieldNames().forEachRemaining(name -> {
            List<String> values = values(body, name);
            for (String value : values.subList(Math.min(values.size(), sent.getOrDefault(name, 0)), values.size())) {
                parts.add(new Upload.Field(name, value));
            }
        });
        return parts;
    }

    private static List<String> values(ObjectNode body, String name) {
        JsonNode value = body.path(name);
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(v -> texts.add(text(v)));
        } else if (!value.isMissingNode() && !value.isNull()) {
            texts.add(text(value));
        }
        return texts;
    }

    private static String text(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
