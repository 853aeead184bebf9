package io.serai.server;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the broker in JMX; a second broker in the same process goes unshown. */
final class BrokerBean {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerBean.class);
    private static final String NAME = "io.serai:type=Broker";

    private BrokerBean() {}

    static void register(BrokerMXBean broker) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            if (!server.isRegistered(new ObjectName(NAME))) {
                server.registerMBean(
                        new javax.management.StandardMBean(broker, BrokerMXBean.class, true), new ObjectName(NAME));
            }
        } catch (JMException e) {
            LOG.warn("The broker is not shown in JMX", e);
        }
    }

    static void unregister() {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            if (server.isRegistered(new ObjectName(NAME))) {
                server.unregisterMBean(new ObjectName(NAME));
            }
        } catch (JMException e) {
            LOG.warn("The broker could not be taken out of JMX", e);
        }
    }
}
