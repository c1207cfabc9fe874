package smelt.server.http;

import java.nio.ByteBuffer;
import tools.jackson.databind.JsonNode;

/** An answer of server-sent events; each is sent at once, comments keep it alive by themselves. */
public final class EventSink {
    private static final byte[] DATA = AnswerStream.bytes("data: ");
    private static final byte[] END = AnswerStream.bytes("\n\n");
    private static final byte[] DONE = AnswerStream.bytes("data: [DONE]\n\n");

    private final AnswerStream stream;

    EventSink(AnswerStream stream) {
        this.stream = stream;
    }

    /**
     * Sends an event without a name.
     *
     * @param json without a line break
     * @throws ClientGone where nobody hears it
     */
    public void data(byte[] json) {
        stream.write(ByteBuffer.allocate(DATA.length + json.length + END.length)
                .put(DATA)
                .put(json)
                .put(END)
                .array());
    }

    public void data(JsonNode json) {
        data(Json.bytes(json));
    }

    /**
     * Sends an event with a name.
     *
     * @param json without a line break
     * @throws ClientGone where nobody hears it
     */
    public void event(String name, byte[] json) {
        stream.write(named(name, json));
    }

    public void event(String name, JsonNode json) {
        event(name, Json.bytes(json));
    }

    static byte[] named(String name, byte[] json) {
        byte[] head = AnswerStream.bytes("event: " + name + "\n");
        return ByteBuffer.allocate(head.length + DATA.length + json.length + END.length)
                .put(head)
                .put(DATA)
                .put(json)
                .put(END)
                .array();
    }

    /** Ends the answer with OpenAI's {@code [DONE]}. */
    public void done() {
        stream.write(DONE);
        stream.close();
    }

    /** Ends the answer. */
    public void close() {
        stream.close();
    }
}
