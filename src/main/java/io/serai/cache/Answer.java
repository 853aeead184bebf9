package io.serai.cache;

import io.serai.call.Saved;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * An answer as it is kept.
 *
 * @param provider the id of the provider that gave it
 * @param instance the same with the number of its key
 * @param model the provider's name of the model that was asked
 * @param servedModel the model that the provider says it used
 * @param saved what every use of it saves
 * @param body a chat completion in OpenAI's shape, UTF-8
 */
record Answer(String provider, String instance, String model, String servedModel, Saved saved, byte[] body) {

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(provider);
            out.writeUTF(instance);
            out.writeUTF(model);
            out.writeUTF(servedModel);
            out.writeLong(saved.input());
            out.writeLong(saved.output());
            out.writeUTF(saved.usd() == null ? "" : saved.usd().toString());
            out.write(body);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when it is no answer of this version */
    static Answer decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        String provider = in.readUTF();
        String instance = in.readUTF();
        String model = in.readUTF();
        String servedModel = in.readUTF();
        long input = in.readLong();
        long output = in.readLong();
        String usd = in.readUTF();
        try {
            Saved saved = new Saved(input, output, usd.isEmpty() ? null : new BigDecimal(usd));
            byte[] body = new byte[in.available()]; // in memory that is all
            in.readFully(body);
            return new Answer(provider, instance, model, servedModel, saved, body);
        } catch (NumberFormatException e) {
            throw new IOException(e);
        }
    }
}
