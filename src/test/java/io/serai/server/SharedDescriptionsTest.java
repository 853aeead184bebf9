package io.serai.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A thousand MBeans with a description each had 26 of the 50 MB that a broker holds; they have one for each of their classes. */
final class SharedDescriptionsTest {
    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

    private static StubUpstream stub;
    private static TestBroker broker;
    private static ObjectName one;
    private static ObjectName other;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        Set<ObjectName> before = routes();
        broker = TestBroker.with().provider("acme", stub).start();
        List<ObjectName> routes =
                routes().stream().filter(name -> !before.contains(name)).toList();
        one = routes.stream()
                .filter(r -> r.toString().contains("\"admit\""))
                .findAny()
                .orElseThrow();
        other = routes.stream()
                .filter(r -> r.toString().contains("\"dispatch\""))
                .findAny()
                .orElseThrow();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static Set<ObjectName> routes() throws Exception {
        return JMX.queryNames(new ObjectName("org.apache.camel:type=routes,*"), null);
    }

    private static Object read(ObjectName route, String attribute) throws Exception {
        return JMX.getAttribute(route, attribute);
    }

    @Test
    void theyAreTheSameForEach() throws Exception {
        MBeanAttributeInfo[] ofOne = JMX.getMBeanInfo(one).getAttributes();
        MBeanAttributeInfo[] ofOther = JMX.getMBeanInfo(other).getAttributes();

        assertThat(ofOne).hasSizeGreaterThan(20).hasSameSizeAs(ofOther);
        for (int i = 0; i < ofOne.length; i++) {
            assertThat(ofOther[i]).isSameAs(ofOne[i]);
        }
    }

    @Test
    void eachHasValuesOfItsOwn() throws Exception {
        assertThat(read(one, "RouteId")).isEqualTo("admit");
        assertThat(read(other, "RouteId")).isEqualTo("dispatch");
        assertThat(read(one, "RouteId")).isEqualTo("admit");

        JMX.setAttribute(one, new Attribute("StatisticsEnabled", false));

        assertThat(read(one, "StatisticsEnabled")).isEqualTo(false);
        assertThat(read(other, "StatisticsEnabled")).isEqualTo(true);
        JMX.setAttribute(one, new Attribute("StatisticsEnabled", true));
    }

    @Test
    void operationsAreDoneOnTheirOwn() throws Exception {
        JMX.invoke(one, "stop", null, null);

        assertThat(read(one, "State")).isEqualTo("Stopped");
        assertThat(read(other, "State")).isEqualTo("Started");
        JMX.invoke(one, "start", null, null);
        assertThat(read(one, "State")).isEqualTo("Started");
    }
}
