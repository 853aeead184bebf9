package io.serai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with a JDK and a Maven that only say what they were asked. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    private record Result(int exit, long pid, List<String> out, String err) {}

    @BeforeEach
    void aBuiltProject() throws IOException {
        temp = temp.toRealPath();
        Files.createDirectories(root().resolve("src/main/java"));
        Files.createDirectories(root().resolve("target"));
        Files.copy(Path.of("serai"), root().resolve("serai"));
        Files.writeString(root().resolve("pom.xml"), "<project/>");
        Files.writeString(root().resolve("target/serai.jar"), "jar");
        age(root().resolve("pom.xml"));
        age(root().resolve("src/main/java"));
        age(root().resolve("src/main"));
        jdk("jdk 98", "98.0.1");
        script(
                "maven/mvn",
                "if [ \"$1\" = -v ]; then echo Apache Maven 3.8.7; else echo \"mvn $*\"; echo \"$JAVA_HOME\"; fi");
    }

    @Test
    void becomesTheServerWithTheCallersArguments() throws Exception {
        Result result = serai("run", "--config", "my files", "--port", "0");
        assertThat(result.exit).isEqualTo(7);
        assertThat(result.out)
                .startsWith("pid " + result.pid)
                .contains(
                        "-Dserai.home=" + root(),
                        "-Xms64m",
                        "-Xmx256m",
                        "-XX:GCTimeRatio=99",
                        "-XX:+UseCompactObjectHeaders")
                .containsSequence(
                        "-jar",
                        root().resolve("target/serai.jar").toString(),
                        "run",
                        "--config",
                        "my files",
                        "--port",
                        "0");
        assertThat(result.err).isEmpty();
    }

    @Test
    void isFoundThroughALink() throws Exception {
        Files.createDirectories(temp.resolve("links"));
        Files.createSymbolicLink(temp.resolve("links/second"), Path.of("../a project/serai"));
        Files.createSymbolicLink(temp.resolve("links/first"), Path.of("second"));
        assertThat(start(temp.resolve("links/first"), Map.of(), "validate").out).contains("-Dserai.home=" + root());
    }

    @Test
    void takesTheNewestJava() throws Exception {
        jdk("home/.jdks/older", "97");
        jdk("home/.jdks/newest", "98.1-ea");
        jdk("home/.sdkman/candidates/java/98.0.11-tem", "98.0.11");
        assertThat(serai("validate").out).contains("java " + temp.resolve("home/.jdks/newest"));
    }

    @Test
    void putsTheOperatorsOptionsLast() throws Exception {
        Result result = start(
                root().resolve("serai"), Map.of("SERAI_HEAP", "2g", "SERAI_JAVA_OPTS", "-Da=* -Db=1"), "validate");
        assertThat(result.out)
                .contains("-Xmx2g")
                .contains("-XX:GCTimeRatio=99")
                .doesNotContain("-Xms64m")
                .containsSubsequence("-Da=*", "-Db=1", "-jar");
    }

    @Test
    void keepsWhatItWritesToItself() throws Exception {
        assertThat(serai("run").out).contains("umask 0077");
        Result shared = start(root().resolve("serai"), Map.of("SERAI_UMASK", "027"), "run");
        assertThat(shared.out).contains("umask 0027");
    }

    @Test
    void asksForACacheOnceAndThenUsesIt() throws Exception {
        String asked = serai("run").out.stream()
                .filter(a -> a.startsWith("-Dserai.aot.cache="))
                .findFirst()
                .orElseThrow();
        Path cache = Path.of(asked.substring("-Dserai.aot.cache=".length()));
        assertThat(cache).startsWithRaw(temp.resolve("home/.cache/serai/aot"));
        Files.createDirectories(temp.resolve("home/.cache/serai/aot"));
        Files.writeString(cache, "cache");
        assertThat(serai("run").out).contains("-XX:AOTCache=" + cache).doesNotContain(asked);
        assertThat(serai("validate").out).noneMatch(a -> a.contains(".aot"));

        Files.writeString(root().resolve("target/serai.jar"), "another jar");
        assertThat(serai("run").out).anyMatch(a -> a.startsWith("-Dserai.aot.cache=") && !a.equals(asked));
    }

    @Test
    void buildsWhenASourceIsNewer() throws Exception {
        Files.setLastModifiedTime(
                root().resolve("target/serai.jar"), FileTime.from(Instant.now().minusSeconds(60)));
        Files.writeString(root().resolve("src/main/java/New.java"), "class New {}");
        assertThat(serai("validate").err).contains("building with JDK 98.0.1");
        assertThat(root().resolve("target/build.log"))
                .content()
                .contains(" package", temp.resolve("jdk 98").toString());
        assertThat(serai("validate").err).isEmpty();
    }

    @Test
    void showsWhatMavenSaidWhenABuildFails() throws Exception {
        Files.delete(root().resolve("target/serai.jar"));
        script("maven/mvn", "if [ \"$1\" = -v ]; then echo Apache Maven 3.9.1; else echo broken; exit 1; fi");
        Result result = serai("run");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.err).contains("broken", "serai: the build failed");
    }

    @Test
    void saysWhichMavenItNeeds() throws Exception {
        script("maven/mvn", "echo Apache Maven 3.6.3");
        Files.delete(root().resolve("target/serai.jar"));
        Result result = serai("run");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.err)
                .isEqualTo("serai: building needs Maven 3.8 or later, and this mvn is 3.6: install a newer Maven\n");
    }

    @Test
    void testsWithTheJdkItFound() throws Exception {
        assertThat(serai("test", "-Dtest=One").out)
                .containsExactly(
                        "mvn -B -ntp verify -Dtest=One", temp.resolve("jdk 98").toString());
    }

    @Test
    void helpNeedsNothingBuilt() throws Exception {
        Files.delete(root().resolve("target/serai.jar"));
        for (String[] words : new String[][] {{}, {"help"}, {"--help"}}) {
            Result result = serai(words);
            assertThat(result.exit).isZero();
            assertThat(String.join("\n", result.out)).contains("--no-auth", "validate", "test");
        }
    }

    @Test
    void refusesAnUnknownCommand() throws Exception {
        Result result = serai("rnu");
        assertThat(result.exit).isEqualTo(2);
        assertThat(result.err).contains("rnu");
    }

    private Path root() {
        return temp.resolve("a project");
    }

    private Result serai(String... words) throws Exception {
        return start(root().resolve("serai"), Map.of(), words);
    }

    private Result start(Path launcher, Map<String, String> environment, String... words) throws Exception {
        List<String> command =
                Stream.concat(Stream.of(launcher.toString()), Stream.of(words)).toList();
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(temp.resolve("elsewhere")).toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(k -> k.startsWith("SERAI_") || k.startsWith("XDG_"));
        builder.environment().put("HOME", temp.resolve("home").toString());
        builder.environment().put("JAVA_HOME", temp.resolve("jdk 98").toString());
        builder.environment().merge("PATH", temp.resolve("maven").toString(), (path, maven) -> maven + ":" + path);
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), process.pid(), Files.readAllLines(out), Files.readString(err));
    }

    private void jdk(String folder, String version) throws IOException {
        script(
                folder + "/bin/java",
                "echo pid $$\necho umask $(umask)\necho \"java ${0%/bin/java}\"\nprintf '%s\\n' \"$@\"\nexit 7");
        script(folder + "/bin/javac", "exit 9");
        Files.writeString(
                temp.resolve(folder).resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private void script(String file, String text) throws IOException {
        Path path = temp.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/bin/sh\n" + text + "\n");
        assertThat(path.toFile().setExecutable(true)).isTrue();
    }

    private static void age(Path path) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600)));
    }
}
