package smelt.clients;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and a server, passes every byte on, and counts the requests of HTTP/1.1. */
final class Wiretap implements AutoCloseable {
    private final ServerSocket listener;
    private final URI server;
    private final AtomicInteger requests = new AtomicInteger();

    Wiretap(URI server) throws IOException {
        this.server = server;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String openAi() {
        return "http://127.0.0.1:" + listener.getLocalPort() + "/v1";
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket inner = new Socket(server.getHost(), server.getPort());
                client.setTcpNoDelay(true);
                inner.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> pass(client, inner, true));
                Thread.ofVirtual().start(() -> pass(inner, client, false));
            }
        } catch (IOException closed) {
            // no more clients
        }
    }

    private void pass(Socket from, Socket to, boolean isCounted) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (isCounted && new String(bytes, 0, read, StandardCharsets.ISO_8859_1).startsWith("POST ")) {
                    requests.incrementAndGet();
                }
                out.write(bytes, 0, read);
                out.flush();
            }
        } catch (IOException gone) {
            // both ends are closed
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
