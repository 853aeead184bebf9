package io.serai.soak;

import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StreamScript;
import java.util.ArrayList;
import java.util.List;

/** How each kind of vendor words an answer, a stream and a refusal. Texts need no escaping in JSON. */
enum Wire {
    OPENAI("/v1", 1, "text/event-stream") {
        @Override
        Script plain(String text, int in, int out) {
            return Scripts.completion(text, in, out);
        }

        @Override
        List<String> events(List<String> texts, int in, int out) {
            String head =
                    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"m\",";
            String choice = head + "\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}\n\n";
            List<String> events = new ArrayList<>();
            events.add(choice.formatted("\"role\":\"assistant\",\"content\":\"\"", "null"));
            texts.forEach(t -> events.add(choice.formatted("\"content\":\"" + t + "\"", "null")));
            events.add(choice.formatted("", "\"stop\""));
            events.add(head + "\"choices\":[],\"usage\":{\"prompt_tokens\":" + in + ",\"completion_tokens\":" + out
                    + ",\"total_tokens\":" + (in + out) + "}}\n\n");
            events.add("data: [DONE]\n\n");
            return events;
        }

        @Override
        String errorBody(int status, String type, String code) {
            return Scripts.errorBody("Told to fail with " + status, type, code);
        }
    },
    ANTHROPIC("", 3, "text/event-stream") {
        @Override
        Script plain(String text, int in, int out) {
            return Scripts.status(200, """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"%s"}],\
                    "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":%d}}""".formatted(text, in, out));
        }

        @Override
        List<String> events(List<String> texts, int in, int out) {
            List<String> events = new ArrayList<>();
            events.add(typed("message_start", """
                    "message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,\
                    "stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}""".formatted(in)));
            events.add(typed("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
            events.add("event: ping\ndata: {\"type\":\"ping\"}\n\n");
            texts.forEach(t -> events.add(typed(
                    "content_block_delta", "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + t + "\"}")));
            events.add(typed("content_block_stop", "\"index\":0"));
            events.add(typed(
                    "message_delta",
                    "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":"
                            + out + "}"));
            events.add("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
            return events;
        }

        @Override
        String errorBody(int status, String type, String code) {
            return "{\"type\":\"error\",\"error\":{\"type\":\"" + (status == 404 ? "not_found_error" : type)
                    + "\",\"message\":\"Told to fail with " + status + "\"}}";
        }
    },
    GOOGLE("", 0, "text/event-stream") {
        @Override
        Script plain(String text, int in, int out) {
            return Scripts.status(200, part(text, true, in, out));
        }

        @Override
        List<String> events(List<String> texts, int in, int out) {
            List<String> events = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                events.add("data: " + part(texts.get(i), i == texts.size() - 1, in, out) + "\r\n\r\n");
            }
            return events;
        }

        private String part(String text, boolean last, int in, int out) {
            return """
                    {"candidates":[{"content":{"parts":[{"text":"%s"}],"role":"model"},%s"index":0}],"usageMetadata":\
                    {"promptTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d},"modelVersion":"m","responseId":"r"}""".formatted(text, last ? "\"finishReason\":\"STOP\"," : "", in, out, in + out);
        }

        @Override
        String errorBody(int status, String type, String code) {
            return "{\"error\":{\"code\":" + status + ",\"message\":\"Told to fail with " + status
                    + "\",\"status\":\"UNKNOWN\"}}";
        }
    },
    OLLAMA("", 0, "application/x-ndjson") {
        @Override
        Script plain(String text, int in, int out) {
            return Scripts.status(200, line(text, true, in, out));
        }

        @Override
        List<String> events(List<String> texts, int in, int out) {
            List<String> events = new ArrayList<>();
            texts.forEach(t -> events.add(line(t, false, in, out) + "\n"));
            events.add(line("", true, in, out) + "\n");
            return events;
        }

        private String line(String text, boolean done, int in, int out) {
            return "{\"model\":\"m\",\"created_at\":\"2023-12-12T14:13:43.416799Z\",\"message\":{\"role\":\"assistant\",\"content\":\""
                    + text + "\"},\"done\":" + done
                    + (done ? ",\"done_reason\":\"stop\",\"prompt_eval_count\":" + in + ",\"eval_count\":" + out : "")
                    + "}";
        }

        @Override
        String errorBody(int status, String type, String code) {
            return "{\"error\":\"Told to fail with " + status + "\"}";
        }
    };

    /** What follows the origin in a provider's endpoint. */
    final String endpoint;
    /** Events of a stream before the first one that says something. */
    final int opening;

    private final String streamType;

    Wire(String endpoint, int opening, String streamType) {
        this.endpoint = endpoint;
        this.opening = opening;
        this.streamType = streamType;
    }

    abstract Script plain(String text, int in, int out);

    abstract List<String> events(List<String> texts, int in, int out);

    abstract String errorBody(int status, String type, String code);

    StreamScript stream(List<String> texts, int in, int out) {
        return Scripts.events(events(texts, in, out).toArray(String[]::new)).headers("content-type", streamType);
    }

    Script error(int status, String type, String code, String... headers) {
        return Scripts.status(status, errorBody(status, type, code), headers);
    }

    boolean streamed(RecordedRequest request) {
        return this == GOOGLE ? request.path().endsWith(":streamGenerateContent") : request.streaming();
    }

    private static String typed(String type, String more) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + more + "}\n\n";
    }
}
