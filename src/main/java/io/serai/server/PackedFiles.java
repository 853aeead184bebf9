package io.serai.server;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Lists what was packed with the classes, in a jar of any kind or in a folder of classes. */
final class PackedFiles {
    private PackedFiles() {}

    /**
     * The files below the folder of {@code marker}'s first segment.
     *
     * @param marker a file that is known to be there, such as {@code routes/broker/walk.camel.yaml}
     * @return class path names, sorted
     */
    static List<String> beside(String marker) throws IOException {
        String folder = marker.substring(0, marker.indexOf('/') + 1);
        URL url = PackedFiles.class.getClassLoader().getResource(marker);
        if (url == null) {
            return List.of();
        }
        if (url.openConnection() instanceof JarURLConnection connection) {
            connection.setUseCaches(true);
            return connection.getJarFile().stream()
                    .filter(e -> !e.isDirectory() && e.getName().startsWith(folder))
                    .map(java.util.zip.ZipEntry::getName)
                    .sorted()
                    .toList();
        }
        Path file = path(url);
        Path base = Objects.requireNonNull(file.getRoot())
                .resolve(file.subpath(0, file.getNameCount() - Path.of(marker).getNameCount() + 1));
        try (Stream<Path> all = Files.walk(base)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> folder + base.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private static Path path(URL url) throws IOException {
        try {
            URI uri = url.toURI();
            return Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
