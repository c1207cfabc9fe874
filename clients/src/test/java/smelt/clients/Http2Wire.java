package smelt.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * One request over HTTP/2 with prior knowledge, frame by frame: the preface in pieces, a window that lets few bytes
 * through at a time. RFC 9113 and 7541.
 */
final class Http2Wire {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int USUAL_WINDOW = 65_535;

    private final WireClient client;
    private final Random random;

    Http2Wire(WireClient client, Random random) {
        this.client = client;
        this.random = random;
    }

    /** The body of the answer to a chat. */
    String chat(URI server, String body) throws IOException, InterruptedException {
        int window = 1 + random.nextInt(random.nextBoolean() ? 200 : USUAL_WINDOW);
        var all = new ByteArrayOutputStream();
        all.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(frame(SETTINGS, 0, 0, setting(window)));
        all.writeBytes(frame(HEADERS, END_HEADERS, 1, headers(server)));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int cut = random.nextInt(bytes.length);
        all.writeBytes(frame(DATA, 0, 1, Arrays.copyOf(bytes, cut)));
        all.writeBytes(frame(DATA, END_STREAM, 1, Arrays.copyOfRange(bytes, cut, bytes.length)));
        client.send(all.toByteArray(), 1 + random.nextInt(100));
        return answer();
    }

    private String answer() throws IOException, InterruptedException {
        var body = new ByteArrayOutputStream();
        while (true) {
            byte[] head = client.read(9);
            ByteBuffer fields = ByteBuffer.wrap(head);
            int length = (fields.getShort() & 0xFFFF) << 8 | fields.get() & 0xFF;
            int type = fields.get();
            int flags = fields.get();
            byte[] payload = length == 0 ? new byte[0] : client.read(length);
            switch (type) {
                case DATA -> {
                    body.writeBytes(payload);
                    grow(length);
                }
                case SETTINGS -> answered(SETTINGS, flags, new byte[0]);
                case PING -> answered(PING, flags, payload);
                case RST_STREAM, GOAWAY -> throw new IOException("the server gave up: frame " + type);
                default -> {
                    // HEADERS tell the status, which the body shows as well
                }
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                return body.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private void answered(int type, int flags, byte[] payload) throws IOException, InterruptedException {
        if ((flags & ACK) == 0) {
            client.send(frame(type, ACK, 0, payload), 100);
        }
    }

    private void grow(int bytes) throws IOException, InterruptedException {
        if (bytes > 0) {
            byte[] more = ByteBuffer.allocate(4).putInt(bytes).array();
            client.send(frame(WINDOW_UPDATE, 0, 1, more), 100);
            client.send(frame(WINDOW_UPDATE, 0, 0, more), 100);
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] setting(int window) {
        return ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(window)
                .array();
    }

    /** By numbers of HPACK's static table; values that it has not are literals without indexing. */
    private static byte[] headers(URI server) {
        var all = new ByteArrayOutputStream();
        all.write(0x80 | 3); // :method POST
        all.write(0x80 | 6); // :scheme http
        all.write(4); // :path
        literal(all, "/v1/chat/completions");
        all.write(1); // :authority
        literal(all, server.getAuthority());
        all.write(0);
        literal(all, "content-type");
        literal(all, "application/json");
        return all.toByteArray();
    }

    /** @param text shorter than 127 bytes */
    private static void literal(ByteArrayOutputStream all, String text) {
        all.write(text.length());
        all.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
