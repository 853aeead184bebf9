package io.serai.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RoutesTest {
    private static final String NAME = "greet-caller.camel.yaml";
    private static final String SAMPLE = sample();

    @TestFactory
    Stream<DynamicTest> everyFileOfRoutesKeepsTheRules() {
        return Stream.of("routes", "mcp")
                .map(Path::of)
                .filter(Files::isDirectory)
                .flatMap(RoutesTest::yamlBelow)
                .map(file -> DynamicTest.dynamicTest(
                        file.toString(),
                        () -> assertThat(
                                        RouteRules.problems(file.toString().replace('\\', '/'), Files.readString(file)))
                                .isEmpty()));
    }

    @Test
    void theSampleKeepsTheRules() {
        assertThat(RouteRules.problems(NAME, SAMPLE)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aBrokenRuleIsNamed(String rule, String from, String to, String problem) {
        assertThat(SAMPLE).contains(from);
        List<String> problems = RouteRules.problems(NAME, SAMPLE.replace(from, to));
        assertThat(problems).anySatisfy(p -> assertThat(p).contains(problem));
    }

    static Stream<Arguments> aBrokenRuleIsNamed() {
        String log = "{id: greet-log, uri: \"log:greetings\", parameters: {level: DEBUG}}";
        String filler = "        - to: direct:greet-neighbour\n";
        return Stream.of(
                arguments("not YAML", "- route:", "- route: [", "is not YAML"),
                arguments("a list", SAMPLE, "# why\nroute: {}", "must be a list"),
                arguments("Camel's schema: unknown key", "setHeader:", "setHeaders2:", "Camel's schema"),
                arguments("Camel's schema: unknown option", "name: greeted", "names: greeted", "Camel's schema"),
                arguments("leading comment", "# A route and a template as", "- beans: []\n# A", "start with a comment"),
                arguments("route id", "    id: greet-caller\n", "", ":2 has no id"),
                arguments("route description", "    description: Greets whoever calls.\n", "", ":2 has no description"),
                arguments(
                        "template description",
                        "    description: A neighbour to be greeted.\n",
                        "",
                        "has no description"),
                arguments(
                        "a bare from",
                        "- route:",
                        "- from: {uri: timer:x, steps: []}\n- route:",
                        "write it as a route"),
                arguments("kebab case", "id: greet-log", "id: greetLog", "greetLog must be in kebab case"),
                arguments("kebab case, of a route", "id: greet-caller", "id: Greet-caller", "must be in kebab case"),
                arguments("direct name", "direct:greet-caller", "direct:greetings", "must be named after its route"),
                arguments(
                        "direct name, long form",
                        "uri: direct:greet-caller",
                        "uri: direct\n      parameters: {name: greetings}",
                        "must be named after its route"),
                arguments(
                        "inner routes leave failures to the caller",
                        "    errorHandler: {noErrorHandler: {}}\n    from",
                        "    from",
                        "needs errorHandler"),
                arguments(
                        "templates leave failures to the caller",
                        "errorHandler: {noErrorHandler: {}}\n      from",
                        "errorHandler: {defaultErrorHandler: {}}\n      from",
                        "needs errorHandler"),
                arguments("an id for each call", "id: greet-log, ", "", "to log:greetings needs an id"),
                arguments("an id for each call, short", log, "log:greetings", "to log:greetings needs an id"),
                arguments(
                        "an id for each toD",
                        "to: " + log,
                        "toD: {uri: \"log:greetings\"}",
                        "toD log:greetings needs an id"),
                arguments(
                        "an id for each wire tap",
                        "to: " + log,
                        "wireTap: {uri: \"log:x\"}",
                        "wireTap log:x needs an id"),
                arguments(
                        "no scripts",
                        "- log: \"greeted",
                        "- script: {groovy: \"1\"}\n          - log: \"",
                        "is a bean"),
                arguments("no other languages", "simple: $", "groovy: $", "groovy: a step that needs code"),
                arguments(
                        "one line of Simple",
                        "simple: $",
                        "simple: |\n              ${body}\n              $",
                        "longer than a line"),
                arguments("no JSON from text", "simple: ${", "simple: '{\"id\": \"x\"}' #", "build it with Jackson"),
                arguments(
                        "described parameters",
                        ", description: \"the neighbour's name in kebab case\"",
                        "",
                        "neighbour has no description"),
                arguments("long routes", filler, filler.repeat(50), "a route has 8 to 60"),
                arguments(
                        "short routes",
                        SAMPLE.substring(SAMPLE.indexOf("      steps:"), SAMPLE.indexOf("# One")),
                        "",
                        "7 lines"),
                arguments("long files", filler, filler.repeat(100), "120 at most"));
    }

    @ParameterizedTest
    @MethodSource
    void aFileNameThatCamelMisreadsIsNamed(String name) {
        assertThat(RouteRules.problems(name, SAMPLE)).singleElement().asString().contains("kebab-case.camel.yaml");
    }

    static Stream<String> aFileNameThatCamelMisreadsIsNamed() {
        return Stream.of("routes/greet.yaml", "greet.template.camel.yaml", "Greet.camel.yaml", "greet.camel.yml");
    }

    private static Stream<Path> yamlBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(f -> f.toString().matches(".*\\.ya?ml"))
                    .filter(f -> folder.endsWith("routes") || f.toString().contains(".camel."))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sample() {
        try (InputStream in = RoutesTest.class.getResourceAsStream("/guard/" + NAME)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
