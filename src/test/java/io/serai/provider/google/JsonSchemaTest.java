package io.serai.provider.google;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON Schema in the words that Gemini reads. */
final class JsonSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theClientsSchemaStaysAsItWas() throws Exception {
        var given = JSON.readTree(
                "{\"required\":[\"a\"],\"allOf\":[{\"required\":[\"b\"]}],\"description\":\"d\",\"minLength\":1}");
        var before = given.deepCopy();

        var schema = new JsonSchema(JSON, given, new LinkedHashSet<>()).rewritten();

        assertThat(schema.path("required").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(given).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "kept | {\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[\"x\"]}},\"required\":[\"a\"],\"additionalProperties\":false}"
                        + " | {\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[\"x\"]}},\"required\":[\"a\"],\"additionalProperties\":false} | -",
                "dialect | {\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"$comment\":\"c\",\"x-own\":1,\"type\":\"string\"} | {\"type\":\"string\"} | -",
                "a property called pattern | {\"type\":\"object\",\"properties\":{\"pattern\":{\"type\":\"string\"}}} | {\"type\":\"object\",\"properties\":{\"pattern\":{\"type\":\"string\"}}} | -",
                "told | {\"type\":\"string\",\"description\":\"A code.\",\"pattern\":\"^x+$\",\"default\":\"x\"} | {\"type\":\"string\",\"description\":\"A code. (pattern: \\\"^x+$\\\") (default: \\\"x\\\")\"} | pattern",
                "told before the description | {\"minLength\":1,\"type\":\"string\",\"description\":\"A code.\"} | {\"type\":\"string\",\"description\":\"A code. (minLength: 1)\"} | minLength",
                "whole bounds | {\"type\":\"integer\",\"exclusiveMinimum\":0,\"exclusiveMaximum\":10} | {\"type\":\"integer\",\"minimum\":1,\"maximum\":9} | -",
                "const | {\"const\":\"x\"} | {\"enum\":[\"x\"],\"type\":\"string\"} | -",
                "const of a truth | {\"const\":true} | {\"description\":\"(const: true)\"} | const",
                "nullable | {\"type\":\"string\",\"nullable\":true} | {\"type\":[\"string\",\"null\"]} | -",
                "null among choices | {\"type\":\"string\",\"enum\":[\"a\",null]} | {\"type\":[\"string\",\"null\"],\"enum\":[\"a\"]} | -",
                "old definitions | {\"properties\":{\"a\":{\"$ref\":\"#/definitions/A\"}},\"definitions\":{\"A\":{\"type\":\"string\"}}} | {\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"}},\"$defs\":{\"A\":{\"type\":\"string\"}}} | -",
                "a reference is alone | {\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\",\"description\":\"The a.\"}},\"$defs\":{\"A\":{\"type\":\"string\"}}} | {\"properties\":{\"a\":{\"description\":\"The a.\",\"anyOf\":[{\"$ref\":\"#/$defs/A\"}]}},\"$defs\":{\"A\":{\"type\":\"string\"}}} | -",
                "recursive | {\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}}} | {\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/root\"}},\"$defs\":{\"root\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/root\"}}}}} | -",
                "a place in the middle | {\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"$ref\":\"#/properties/a\"}}} | {\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"$ref\":\"#/$defs/a\"}},\"$defs\":{\"a\":{\"type\":\"string\"}}} | -",
                "one of all | {\"allOf\":[{\"$ref\":\"#/$defs/A\"}],\"$defs\":{\"A\":{\"type\":\"string\"}}} | {\"$ref\":\"#/$defs/A\",\"$defs\":{\"A\":{\"type\":\"string\"}}} | -",
                "all of two | {\"allOf\":[{\"$ref\":\"#/$defs/A\"},{\"properties\":{\"b\":{\"type\":\"integer\"}},\"required\":[\"b\"]}],\"$defs\":{\"A\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"]}}}"
                        + " | {\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"integer\"}},\"required\":[\"a\",\"b\"]} | -",
                "a tuple | {\"type\":\"array\",\"items\":[{\"type\":\"string\"},{\"type\":\"integer\"}]} | {\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}]} | -",
                "somewhere else | {\"$ref\":\"https://schemas.example/a\"} | {\"description\":\"($ref: \\\"https://schemas.example/a\\\")\"} | $ref"
            })
    void isSaidInGeminisWords(String name, String given, String expected, String unenforced) throws Exception {
        Set<String> told = new LinkedHashSet<>();

        var schema = new JsonSchema(JSON, JSON.readTree(given), told).rewritten();

        assertThat(JSON.readTree(schema.toString())).isEqualTo(JSON.readTree(expected));
        assertThat(told)
                .isEqualTo(
                        unenforced == null
                                ? Set.of()
                                : Arrays.stream(unenforced.split(" ")).collect(Collectors.toSet()));
    }
}
