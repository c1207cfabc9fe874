package smelt.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A hub of models on the loopback interface with one repository, {@value #REPOSITORY}, of one GGUF file. */
final class HubServer implements AutoCloseable {
    static final String REPOSITORY = "tests/model";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final int PIECE = 1 << 20;

    private final Path file;
    private final String listing;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong sent = new AtomicLong();
    /** Pause after each MiB; 0 for full speed. */
    volatile int pauseMillis;

    HubServer(Path file) {
        this.file = file;
        try {
            listing = """
                    {"id": "%s", "sha": "%s", "siblings": [
                     {"rfilename": "model.gguf", "size": %d, "lfs": {"sha256": "%s", "size": %d}}]}
                    """.formatted(REPOSITORY, COMMIT, Files.size(file), sha256(file), Files.size(file));
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/models/" + REPOSITORY, this::list);
        server.createContext("/" + REPOSITORY + "/resolve/" + COMMIT + "/model.gguf", this::send);
        server.setExecutor(threads);
        server.start();
    }

    static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What HF_ENDPOINT is to be. */
    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Bytes of the file that were sent so far. */
    long sent() {
        return sent.get();
    }

    private void list(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] bytes = listing.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void send(HttpExchange exchange) throws IOException {
        try (exchange;
                FileChannel channel = FileChannel.open(file)) {
            long from = 0;
            long to = channel.size();
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            String range = exchange.getRequestHeaders().getFirst("Range");
            if (range != null) {
                String[] ends = range.substring("bytes=".length()).split("-", 2);
                from = Long.parseLong(ends[0]);
                to = ends[1].isEmpty() ? to : Math.min(to, Long.parseLong(ends[1]) + 1);
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + channel.size());
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, to - from);
            copy(channel, from, to, exchange.getResponseBody());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(FileChannel channel, long from, long to, OutputStream out)
            throws IOException, InterruptedException {
        var target = Channels.newChannel(out);
        for (long at = from; at < to; ) {
            long moved = channel.transferTo(at, Math.min(PIECE, to - at), target);
            at += moved;
            sent.addAndGet(moved);
            if (pauseMillis > 0) {
                out.flush();
                Thread.sleep(pauseMillis);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
