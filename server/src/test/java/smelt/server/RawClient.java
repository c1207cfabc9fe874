package smelt.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that says what no library would, and leaves when it likes. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;

    public RawClient(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
    }

    /** Lines end as HTTP wants; sends the text as it is. */
    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A whole request with a body of JSON. */
    public RawClient post(String path, String json, String... headers) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\nHost: localhost\n");
        for (String header : headers) {
            head.append(header).append('\n');
        }
        head.append("Content-Type: application/json\nContent-Length: ").append(body.length);
        send(head + "\n\n");
        socket.getOutputStream().write(body);
        return this;
    }

    /** All that comes until {@code end} was read. */
    public String readUntil(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (text.indexOf(end) < 0) {
            int b = in.read();
            if (b < 0) {
                return text + "<end>";
            }
            text.append((char) b);
        }
        return text.toString();
    }

    /** All that comes until the server ends the connection. */
    public String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Leaves without a word. */
    public void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
