package smelt.server.http;

import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** An answer of JSON lines; each is sent at once. */
public final class LineSink {
    private final AnswerStream stream;

    LineSink(AnswerStream stream) {
        this.stream = stream;
    }

    /**
     * Sends a line.
     *
     * @param json without a line break
     * @throws ClientGone where nobody hears it
     */
    public void line(byte[] json) {
        stream.write(ended(json));
    }

    public void line(JsonNode json) {
        line(Json.bytes(json));
    }

    static byte[] ended(byte[] json) {
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    /** Ends the answer. */
    public void close() {
        stream.close();
    }
}
