package smelt.store;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on the loopback interface that serves bytes well, or badly on demand. */
final class FileServer implements AutoCloseable {
    /** What one answer does instead of serving well. */
    interface Mischief {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** A request as it came. */
    record Request(String path, Headers headers) {
        String range() {
            String value = headers.getFirst("Range");
            return value == null ? "" : value;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new HashMap<>();
    private final Deque<Mischief> mischief = new ArrayDeque<>();
    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    volatile boolean ranges = true;
    volatile String etag = "\"v1\"";
    /** Pause after each 64 KiB; 0 for full speed. */
    volatile int pauseMillis;

    FileServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    FileServer serve(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    /** The next requests with a body to send are answered so, one each. */
    synchronized void next(Mischief... answers) {
        mischief.addAll(List.of(answers));
    }

    private synchronized Mischief nextMischief() {
        Mischief next = mischief.poll();
        return next == null ? this::well : next;
    }

    static Mischief status(int code, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(code, -1);
        };
    }

    static Mischief redirect(URI to, String... headers) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", to.toString());
            status(302, headers).answer(exchange);
        };
    }

    /** Serves until {@code bytes} of the body are sent, then cuts the connection. */
    Mischief cutAfter(int bytes) {
        return exchange -> send(exchange, bytes);
    }

    Mischief well() {
        return this::well;
    }

    private void well(HttpExchange exchange) throws IOException {
        send(exchange, Integer.MAX_VALUE);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(new Request(exchange.getRequestURI().getPath(), exchange.getRequestHeaders()));
            nextMischief().answer(exchange);
        }
    }

    private void send(HttpExchange exchange, int limit) throws IOException {
        byte[] all = files.get(exchange.getRequestURI().getPath());
        if (all == null) {
            status(404).answer(exchange);
            return;
        }
        if (!etag.isEmpty()) {
            exchange.getResponseHeaders().set("ETag", etag);
        }
        int from = 0;
        int to = all.length;
        String range = exchange.getRequestHeaders().getFirst("Range");
        String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
        if (ranges && range != null && (ifRange == null || ifRange.equals(etag))) {
            String[] ends = range.substring("bytes=".length()).split("-", 2);
            from = Integer.parseInt(ends[0]);
            to = ends[1].isEmpty() ? to : Math.min(to, Integer.parseInt(ends[1]) + 1);
            if (from >= all.length) {
                status(416).answer(exchange);
                return;
            }
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + all.length);
            exchange.sendResponseHeaders(206, to - from);
        } else {
            exchange.sendResponseHeaders(200, to - from);
        }
        write(exchange, all, from, (int) Math.min(to, (long) from + limit));
    }

    private void write(HttpExchange exchange, byte[] all, int from, int to) throws IOException {
        OutputStream out = exchange.getResponseBody();
        for (int at = from; at < to; at += 1 << 16) {
            out.write(all, at, Math.min(1 << 16, to - at));
            if (pauseMillis > 0) {
                out.flush();
                pause(pauseMillis);
            }
        }
        out.flush();
    }

    static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
