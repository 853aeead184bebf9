package io.serai.ops;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.jspecify.annotations.Nullable;

/**
 * What may be done in JMX from outside: everything is read that holds no secret, routes are started and stopped, and that is
 * all. Any other operation is as good as running code here: the JVM's own MBeans load agents and write files.
 */
final class JolokiaPolicy implements Restrictor {
    private static final Set<RequestType> TYPES =
            EnumSet.of(RequestType.READ, RequestType.LIST, RequestType.SEARCH, RequestType.VERSION, RequestType.EXEC);
    private static final Pattern OPERATION = Pattern.compile("(start|stop)(\\([a-zA-Z.,]*\\))?");
    /** The JVM's flags and properties may carry tokens; the last is for whatever a library registers one day. */
    private static final Pattern SECRET = Pattern.compile(
            "SystemProperties|InputArguments|.*(password|passwd|secret|token|credential|api_?key|private_?key).*",
            Pattern.CASE_INSENSITIVE);

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return true;
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return TYPES.contains(type);
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName bean, String attribute) {
        return !SECRET.matcher(attribute).matches();
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName bean, String attribute) {
        return false;
    }

    @Override
    public boolean isOperationAllowed(ObjectName bean, String operation) {
        return !bean.isPattern()
                && bean.getDomain().equals("org.apache.camel")
                && "routes".equals(bean.getKeyProperty("type"))
                && OPERATION.matcher(operation).matches();
    }

    /** The door has seen to it. */
    @Override
    public boolean isRemoteAccessAllowed(String... hostOrAddress) {
        return true;
    }

    /** The door has seen to it. */
    @Override
    public boolean isOriginAllowed(@Nullable String origin, boolean strict) {
        return true;
    }

    @Override
    public boolean isObjectNameHidden(ObjectName bean) {
        return false;
    }
}
