package io.serai.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.modelmbean.InvalidTargetObjectTypeException;
import javax.management.modelmbean.ModelMBean;
import javax.management.modelmbean.ModelMBeanInfo;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedInstance;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.api.management.NotificationSenderAware;
import org.apache.camel.support.management.DefaultManagementMBeanAssembler;
import org.apache.camel.support.management.MixinRequiredModelMBean;
import org.apache.camel.support.management.NotificationSenderAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Has all of Camel's MBeans of a class share what describes them in JMX. It is the same for each, for it is read from the class, and
 * Camel's own assembler makes it anew for each of more than a thousand steps and routes, which had more than half of the heap.
 */
final class SharedDescriptions extends DefaultManagementMBeanAssembler {
    private final Map<Class<?>, ModelMBeanInfo> known = new ConcurrentHashMap<>();

    SharedDescriptions(CamelContext context) {
        super(context);
    }

    @Override
    public @Nullable ModelMBean assemble(MBeanServer server, Object bean, ObjectName name) throws JMException {
        if (bean instanceof ManagedInstance managed && describesItself(managed.getInstance())) {
            return super.assemble(server, bean, name); // two descriptions in one
        }
        ModelMBeanInfo info = known.get(bean.getClass());
        if (info == null) {
            info = assembler.getMBeanInfo(camelContext, bean, null, name.toString());
            if (info == null) {
                return null;
            }
            known.put(bean.getClass(), info);
        }
        Boolean mask = camelContext.getManagementStrategy().getManagementAgent().getMask();
        MixinRequiredModelMBean made = new MixinRequiredModelMBean(info, Boolean.TRUE.equals(mask), null, null);
        try {
            made.setManagedResource(bean, "ObjectReference");
        } catch (InvalidTargetObjectTypeException e) {
            throw new JMException(e.getMessage());
        }
        if (bean instanceof NotificationSenderAware aware) {
            aware.setNotificationSender(new NotificationSenderAdapter(made));
        }
        return made;
    }

    private static boolean describesItself(@Nullable Object instance) {
        return instance != null && instance.getClass().isAnnotationPresent(ManagedResource.class);
    }
}
