package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeReaderTest {
    private final Findings findings = new Findings();

    private Tree.Fields read(String text) {
        return new TreeReader(new Report("f.yaml", true, findings)).read(text);
    }

    private static String text(Tree.Fields fields, String key) {
        return ((Tree.Scalar) fields.fields().get(key).value()).text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "# nothing\n", "---\n", "null", "~", "{}"})
    void anEmptyFileIsAnEmptyMapping(String text) {
        assertThat(read(text).fields()).isEmpty();
        assertThat(findings.problems()).isEmpty();
    }

    @Test
    void jsonIndentedWithTabsKeepsTheTabsOfItsStrings() {
        Tree.Fields fields = read("{\n\t\"a\": \"x\ty\",\n\t\"b\":\t\"q\\\"\t\",\n\t\"c\": [\n\t\t1\n\t]\n}\n");

        assertThat(findings.problems()).isEmpty();
        assertThat(text(fields, "a")).isEqualTo("x\ty");
        assertThat(text(fields, "b")).isEqualTo("q\"\t");
        assertThat(fields.fields().get("c").line()).isEqualTo(4);
    }

    @Test
    void jsonEscapesMeanWhatJsonSays() {
        Tree.Fields fields = read("{\"a\":\"https:\\/\\/x\",\"b\":\"\\ud83d\\ude00\\u00e9\"}");

        assertThat(findings.problems()).isEmpty();
        assertThat(text(fields, "a")).isEqualTo("https://x");
        assertThat(text(fields, "b")).isEqualTo("\uD83D\uDE00é");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "a: 1\\nb: 2\\na: 3"           | 3 | stands twice, first in line 1
            "a: &x [*x]"                   | 1 | contains itself
            "a: *x"                        | 1 | not valid YAML
            "a: !!python/object x"         | 1 | tags
            "a: !env X"                    | 1 | tags
            "a: 1\\n---\\nb: 2"            | 2 | not valid YAML
            "a: [1, 2"                     | 1 | not valid YAML
            "- a"                          | 1 | expected a mapping
            "[a, b]: 1"                    | 1 | a key must be text
            "a: 1\\nb: {{env:X}}"        | 2 | a reference needs quotes
            """)
    void whatCannotBeReadIsReportedWithItsLine(String text, int line, String what) {
        read(text.replace("\\n", "\n"));

        assertThat(findings.problems()).singleElement().satisfies(p -> {
            assertThat(p.message()).contains(what);
            assertThat(p.line()).isEqualTo(line);
        });
    }

    @Test
    void aliasesCannotUnfoldIntoGigabytes() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 5; i++) {
            bomb.append("a%d: &a%d [%s]\n"
                    .formatted(i, i, String.join(", ", java.util.Collections.nCopies(10, "*a" + (i - 1)))));
        }
        bomb.append("b: [")
                .append(String.join(", ", java.util.Collections.nCopies(9, "*a4")))
                .append("]\n");

        read(bomb.toString());

        assertThat(findings.problems()).hasSize(1);
    }

    @Test
    void nestingHasAnEnd() {
        read("a: " + "[".repeat(300) + "]".repeat(300));

        assertThat(findings.problems()).singleElement().asString().contains("deep");
    }

    @Test
    void anAnchorCanBeMergedAndOverridden() {
        Tree.Fields y = (Tree.Fields) read("x: &x {a: 1, b: 1}\ny:\n  <<: *x\n  b: 2")
                .fields()
                .get("y")
                .value();

        assertThat(findings.problems()).isEmpty();
        assertThat(text(y, "a") + text(y, "b")).isEqualTo("12");
    }

    @Test
    void commentKeysAreNotThere() {
        assertThat(read("_comment: a\n_comment: b\nx: {_y: 1}").fields()).containsOnlyKeys("x");
        assertThat(findings.problems()).isEmpty();
    }
}
