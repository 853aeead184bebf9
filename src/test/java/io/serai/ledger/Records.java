package io.serai.ledger;

import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Purpose;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Records as no call would end with. */
final class Records {
    private Records() {}

    static CallRecord.Try attempt() {
        return new CallRecord.Try(Purpose.REPLY, "acme", "acme", "m", "ok", 200, true, 1, null, Cost.NOTHING);
    }

    /** The same record with other attempts. */
    static CallRecord with(CallRecord record, List<CallRecord.Try> attempts) throws ReflectiveOperationException {
        RecordComponent[] components = CallRecord.class.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getName().equals("attempts")
                    ? attempts
                    : components[i].getAccessor().invoke(record);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return CallRecord.class.getDeclaredConstructor(types).newInstance(values);
    }
}
