package io.serai.server;

import io.serai.config.ConfigProblem;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * The route files of a generation: those in the jar, and over them those of the operator's folder, path by path. What stands
 * in {@code custom/} takes the place of any route or template of the same id.
 */
final class RouteFiles {
    static final String SUFFIX = ".camel.yaml";
    private static final String PACKED = "routes/";
    private static final String CUSTOM = "custom/";

    private final CamelContext context;
    private final List<ConfigProblem> problems;

    RouteFiles(CamelContext context, List<ConfigProblem> problems) {
        this.context = context;
        this.problems = problems;
    }

    /** Adds every route, noting what can't be read; one bad file doesn't hide another's problems. */
    void load(@Nullable Path folder) throws Exception {
        Map<String, Resource> files = packed();
        if (folder != null) {
            files.putAll(onDisk(folder));
        }
        Map<String, Collection<RoutesBuilder>> builders = new TreeMap<>(RouteFiles::customFirst);
        RoutesLoader loader = PluginHelper.getRoutesLoader(context);
        files.forEach((name, file) -> {
            try {
                if (!blank(file)) {
                    builders.put(name, loader.findRoutesBuilders(file));
                }
            } catch (Exception e) {
                note(name, e);
            }
        });
        Set<String> overridden = new HashSet<>();
        builders.forEach((name, ofFile) -> ofFile.forEach(b -> guarded(name, () -> configurations(b))));
        builders.forEach((name, ofFile) -> ofFile.forEach(b -> guarded(name, () -> routes(name, b, overridden))));
    }

    private static int customFirst(String a, String b) {
        int custom = Boolean.compare(b.startsWith(CUSTOM), a.startsWith(CUSTOM));
        return custom != 0 ? custom : a.compareTo(b);
    }

    private void configurations(RoutesBuilder builder) throws Exception {
        if (builder instanceof RouteConfigurationsBuilder configurations) {
            context.addRoutesConfigurations(configurations);
        }
    }

    private void routes(String name, RoutesBuilder builder, Set<String> overridden) throws Exception {
        if (builder instanceof RouteBuilder routes && !name.startsWith(CUSTOM)) {
            routes.addLifecycleInterceptor(new LeaveOut(overridden));
        }
        if (builder instanceof RouteBuilder routes && name.startsWith(CUSTOM)) {
            routes.addLifecycleInterceptor(new FailToCaller());
        }
        context.addRoutes(builder);
        if (name.startsWith(CUSTOM)) {
            ModelCamelContext model = (ModelCamelContext) context;
            model.getRouteDefinitions().forEach(r -> overridden.add(r.getRouteId()));
            model.getRouteTemplateDefinitions().forEach(t -> overridden.add(t.getId()));
        }
    }

    private static boolean blank(Resource file) throws IOException {
        try (var in = file.getInputStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .allMatch(line -> line.isBlank() || line.stripLeading().startsWith("#"));
        }
    }

    private Map<String, Resource> packed() throws Exception {
        Map<String, Resource> files = new TreeMap<>();
        for (String name : PackedFiles.beside(PACKED + "broker/walk" + SUFFIX)) {
            if (name.endsWith(SUFFIX)) {
                files.put(
                        name.substring(PACKED.length()),
                        ResourceHelper.resolveMandatoryResource(context, "classpath:" + name));
            }
        }
        return files;
    }

    private Map<String, Resource> onDisk(Path folder) throws IOException {
        Map<String, Resource> files = new TreeMap<>();
        for (Path file : list(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            String simple = String.valueOf(file.getFileName());
            if (simple.endsWith(SUFFIX) && simple.indexOf('.') == simple.length() - SUFFIX.length()) {
                files.put(name, ResourceHelper.resolveMandatoryResource(context, "file:" + file));
            } else {
                problems.add(new ConfigProblem(
                        PACKED + name,
                        0,
                        "",
                        "not read: a route file's name ends in " + SUFFIX + " and has no other dot"));
            }
        }
        return files;
    }

    /** The route files below a folder; nothing that an editor leaves beside them. */
    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return new ArrayList<>(all.filter(f -> f.toString().matches(".*\\.ya?ml"))
                    .filter(f -> !hidden(folder.relativize(f)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList());
        }
    }

    /** In a hidden folder too: a mounted Kubernetes volume holds each file a second time in one. */
    static boolean hidden(Path file) {
        for (Path part : file) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private interface Action {
        void run() throws Exception;
    }

    private void guarded(String name, Action action) {
        try {
            action.run();
        } catch (Exception | LinkageError e) {
            note(name, e);
        }
    }

    private void note(String name, Throwable e) {
        problems.add(RouteProblems.of("routes/" + name, e));
    }
}
