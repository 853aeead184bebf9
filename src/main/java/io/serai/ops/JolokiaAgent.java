package io.serai.ops;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jolokia.core.api.LogHandler;
import org.jolokia.server.core.config.ConfigKey;
import org.jolokia.server.core.config.StaticConfiguration;
import org.jolokia.server.core.http.HttpRequestHandler;
import org.jolokia.server.core.service.JolokiaServiceManagerFactory;
import org.jolokia.server.core.service.api.JolokiaServiceManager;
import org.jolokia.service.jmx.LocalRequestHandler;
import org.jolokia.service.serializer.JolokiaSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jolokia's core with this JVM's MBeans behind it and {@link JolokiaPolicy} before them. It starts when it is first asked, for
 * most brokers never are, and knows of no other JVM: there is no service in it that would pass a request on.
 */
public final class JolokiaAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JolokiaAgent.class);

    private @Nullable JolokiaServiceManager services;
    private @Nullable HttpRequestHandler handler;

    synchronized HttpRequestHandler handler() {
        HttpRequestHandler known = handler;
        if (known == null) {
            JolokiaServiceManager manager = JolokiaServiceManagerFactory.createJolokiaServiceManager(
                    new StaticConfiguration(settings()), new Log(), new JolokiaPolicy(), null);
            manager.addService(new JolokiaSerializer());
            manager.addService(new LocalRequestHandler(2));
            known = new HttpRequestHandler(manager.start());
            services = manager;
            handler = known;
        }
        return known;
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put(ConfigKey.AGENT_ID.getKeyValue(), "serai-" + UUID.randomUUID());
        settings.put(ConfigKey.AGENT_DESCRIPTION.getKeyValue(), "Serai");
        settings.put(ConfigKey.DISABLE_DETECTORS.getKeyValue(), "true");
        settings.put(ConfigKey.ALLOW_ERROR_DETAILS.getKeyValue(), "false");
        settings.put(ConfigKey.DEBUG.getKeyValue(), "false");
        settings.put(ConfigKey.DEBUG_MAX_ENTRIES.getKeyValue(), "0");
        // one answer stays within a few megabytes
        settings.put(ConfigKey.MAX_DEPTH.getKeyValue(), "15");
        settings.put(ConfigKey.MAX_COLLECTION_SIZE.getKeyValue(), "5000");
        settings.put(ConfigKey.MAX_OBJECTS.getKeyValue(), "50000");
        return settings;
    }

    @Override
    public synchronized void close() {
        if (services != null) {
            services.stop();
            services = null;
            handler = null;
        }
    }

    /** What it says belongs to whoever asked; the log hears of it at DEBUG. */
    private static final class Log implements LogHandler {
        @Override
        public void debug(String message) {
            LOG.trace(message);
        }

        @Override
        public void info(String message) {
            LOG.debug(message);
        }

        @Override
        public void error(String message, Throwable cause) {
            LOG.debug(message, cause);
        }

        @Override
        public boolean isDebug() {
            return false;
        }
    }
}
