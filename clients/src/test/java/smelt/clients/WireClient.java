package smelt.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** A client of HTTP/1 that sends and reads in pieces and with pauses as a random number generator likes. */
final class WireClient implements AutoCloseable {
    private static final int LONGEST_PAUSE = 20;

    private final Socket socket;
    private final Random random;
    /** Of 100 pieces, so many are followed by a pause. */
    private final int pauses;

    /**
     * An answer.
     *
     * @param head the status line and the headers
     */
    record Reply(int status, String head, String body) {
        boolean has(String header) {
            return head.toLowerCase(Locale.ROOT).contains(header.toLowerCase(Locale.ROOT));
        }

        Answer answer() {
            return Answer.of(status, has("text/event-stream"), body);
        }
    }

    WireClient(URI server, Random random, int pauses) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        this.random = random;
        this.pauses = pauses;
    }

    /** @param longest piece, in bytes */
    void send(String text, int longest) throws IOException, InterruptedException {
        send(text.getBytes(StandardCharsets.UTF_8), longest);
    }

    void send(byte[] bytes, int longest) throws IOException, InterruptedException {
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(longest));
            socket.getOutputStream().write(bytes, at, end - at);
            at = end;
            pause();
        }
    }

    private void pause() throws InterruptedException {
        if (random.nextInt(100) < pauses) {
            Thread.sleep(random.nextInt(LONGEST_PAUSE));
        }
    }

    /** Says that nothing more comes; reads on. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Some bytes of an answer, exactly. */
    byte[] read(int count) throws IOException, InterruptedException {
        byte[] all = new byte[count];
        InputStream in = socket.getInputStream();
        for (int at = 0; at < count; ) {
            int read = in.read(all, at, 1 + random.nextInt(Math.min(count - at, 700)));
            if (read < 0) {
                throw new IOException("the connection ends early");
            }
            at += read;
            pause();
        }
        return all;
    }

    /** All that comes until the server ends the connection. */
    String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String line() throws IOException, InterruptedException {
        var line = new StringBuilder();
        while (true) {
            char c = (char) read(1)[0];
            if (c == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(c);
        }
    }

    /** The next answer of this connection. */
    Reply reply() throws IOException, InterruptedException {
        var head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        String text = head.toString();
        int status = Integer.parseInt(text.substring(9, 12));
        return new Reply(status, text, status == 100 ? "" : body(text.toLowerCase(Locale.ROOT)));
    }

    private String body(String head) throws IOException, InterruptedException {
        var body = new ByteArrayOutputStream();
        if (head.contains("transfer-encoding: chunked")) {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                body.writeBytes(read(size));
                line();
            }
            line();
        } else if (head.contains("content-length: ")) {
            String length = head.replaceFirst("(?s).*content-length: (\\d+).*", "$1");
            body.writeBytes(read(Integer.parseInt(length)));
        } else {
            body.writeBytes(readToEnd().getBytes(StandardCharsets.UTF_8));
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Bytes in chunks of odd sizes, whose numbers are written in odd ways. */
    static byte[] chunked(byte[] bytes, Random random) {
        var all = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 300));
            String number = Integer.toHexString(size);
            String written = random.nextInt(3) == 0 ? "000" + number : number.toUpperCase(Locale.ROOT);
            all.writeBytes((written + "\r\n").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(Arrays.copyOfRange(bytes, at, at + size));
            all.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            at += size;
        }
        all.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
