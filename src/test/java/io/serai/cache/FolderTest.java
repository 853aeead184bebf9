package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of the file backend. */
final class FolderTest {
    @Test
    void filesThatComeAndGoWhileTheyAreCountedAreNoFailure(@TempDir Path folder) throws Exception {
        Processor size = new Folder(folder, new ObjectMapper()).names().get("fileSize");
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                comeAndGo(folder);
            }
        });
        try {
            assertThatCode(() -> {
                        for (int i = 0; i < 2_000; i++) {
                            size.process(exchange);
                        }
                    })
                    .doesNotThrowAnyException();
        } finally {
            over.set(true);
            others.join();
        }
    }

    private static void comeAndGo(Path folder) {
        try {
            for (int i = 0; i < 20; i++) {
                Path writing = Files.writeString(folder.resolve(i + ".tmp"), "{}");
                Files.move(writing, folder.resolve("" + i), StandardCopyOption.REPLACE_EXISTING);
            }
            for (int i = 0; i < 20; i++) {
                Files.delete(folder.resolve("" + i));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
