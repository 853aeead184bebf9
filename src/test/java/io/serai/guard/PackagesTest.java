package io.serai.guard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may know which: from the doors inwards, never back. */
class PackagesTest {
    private static final JavaClasses SERAI = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.serai");

    @Test
    void theClassesWereRead() {
        assertThat(SERAI.contain("io.serai.config.Settings")).isTrue();
    }

    @Test
    void configurationKnowsNobody() {
        only("config");
    }

    @Test
    void aCallKnowsTheConfiguration() {
        only("call", "config");
    }

    @Test
    void streamsKnowCallsAndTheConfiguration() {
        only("stream", "call", "config");
    }

    @Test
    void limitsKnowCallsAndTheConfiguration() {
        only("limits", "call", "config");
    }

    @Test
    void providersDoNotKnowWhoAsks() {
        check(noClasses()
                .that(in("provider"))
                .should()
                .dependOnClassesThat(in("server").or(in("door")))
                .because("an adapter serves every door"));
    }

    @Test
    void packagesFormNoCycle() {
        check(slices().matching("io.serai.(*)..").should().beFreeOfCycles());
    }

    @Test
    void namesSayWhatAClassIs() {
        check(noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager)")
                .because("such a name says nothing of what belongs in the class"));
    }

    @Test
    void concreteClassesAreFinalOrAbstract() {
        check(classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .and(DescribedPredicate.describe(
                        "are named", c -> !c.getSimpleName().equals("package-info")))
                .should()
                .haveModifier(JavaModifier.FINAL)
                .because("nobody extends a class that was not made for it"));
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        Path root = Path.of("src", "main", "java");
        try (Stream<Path> files = Files.walk(root)) {
            for (Path folder : files.filter(f -> f.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList()) {
                Path info = folder.resolve("package-info.java");
                assertThat(info).exists();
                assertThat(Files.readString(info)).as(info.toString()).contains("NullMarked\npackage");
            }
        }
    }

    private static void only(String name, String... known) {
        DescribedPredicate<JavaClass> others =
                JavaClass.Predicates.resideInAPackage("io.serai..").and(DescribedPredicate.not(in(name)));
        for (String k : known) {
            others = others.and(DescribedPredicate.not(in(k)));
        }
        check(noClasses().that(in(name)).should().dependOnClassesThat(others.as("other packages of Serai")));
    }

    private static DescribedPredicate<JavaClass> in(String name) {
        return JavaClass.Predicates.resideInAnyPackage("io.serai." + name, "io.serai." + name + "..");
    }

    /** A package that does not exist yet breaks no rule. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(SERAI);
    }
}
