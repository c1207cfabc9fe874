package smelt.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A chat over a socket of its own, read as slowly and left as rudely as a test likes. */
final class RawChat implements AutoCloseable {
    private final Socket socket;

    RawChat(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(60_000);
    }

    void send(String body) throws IOException {
        send("/v1/chat/completions", body);
    }

    void send(String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + bytes.length + "\r\n\r\n";
        sendRaw(head.getBytes(StandardCharsets.US_ASCII));
        sendRaw(bytes);
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Reads some bytes of the answer, fewer where it ends before. */
    void read(int count) throws IOException {
        int unused = socket.getInputStream().readNBytes(count).length;
    }

    /** All that comes until the server ends the connection, as text. */
    String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What stands in the first line behind the version. */
    int status() throws IOException {
        String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        return Integer.parseInt(head.substring(9));
    }

    /** The whole body of a chunked answer, read in pieces of 1 to 2,000 bytes with pauses of up to 3 ms. */
    String readSlowly(Random random) throws IOException, InterruptedException {
        var all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[2000];
        while (!endsWith(all, "\r\n0\r\n\r\n")) {
            int read = in.read(bytes, 0, 1 + random.nextInt(bytes.length));
            if (read < 0) {
                throw new IOException("the answer ends early");
            }
            all.write(bytes, 0, read);
            if (random.nextInt(8) == 0) {
                Thread.sleep(random.nextInt(4));
            }
        }
        return unchunked(all.toByteArray());
    }

    private static boolean endsWith(ByteArrayOutputStream all, String end) {
        byte[] bytes = all.toByteArray();
        return bytes.length >= end.length()
                && new String(bytes, bytes.length - end.length(), end.length(), StandardCharsets.ISO_8859_1)
                        .equals(end);
    }

    private static String unchunked(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        var body = new ByteArrayOutputStream();
        int at = text.indexOf("\r\n\r\n") + 4;
        while (true) {
            int end = text.indexOf("\r\n", at);
            int size = Integer.parseInt(text.substring(at, end), 16);
            if (size == 0) {
                return body.toString(StandardCharsets.UTF_8);
            }
            body.write(answer, end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    /** Goes with a reset of the connection. */
    void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
