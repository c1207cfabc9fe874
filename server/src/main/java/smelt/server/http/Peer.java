package smelt.server.http;

import io.helidon.common.buffers.DataReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection. All its bytes pass here, so its end is noticed where nothing is written either: an
 * HTTP/2 connection is read all the time, and one of HTTP/1.1 is read ahead, by one buffer at most, while an answer is
 * made.
 */
final class Peer {
    private final DataReader from;
    private final DataReader reader;
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
    /** What is being read while nobody needs it yet; guarded by this. */
    private @Nullable CompletableFuture<byte[]> ahead;

    private volatile long lastExchange = System.nanoTime();
    private volatile boolean gone;
    private volatile @Nullable FrameScanner frames;

    Peer(DataReader from) {
        this.from = from;
        this.reader = DataReader.create(this::next);
    }

    /** What the connection is to read from instead. */
    DataReader reader() {
        return reader;
    }

    /** Frames of HTTP/2 follow, after the preface. */
    void speaksHttp2() {
        frames = new FrameScanner(this::reset);
    }

    private void reset(int stream) {
        exchanges.stream().filter(exchange -> exchange.stream() == stream).forEach(Exchange::clientIsGone);
    }

    void add(Exchange exchange) {
        exchanges.add(exchange);
        if (gone) {
            exchange.clientIsGone();
        }
    }

    void remove(Exchange exchange) {
        exchanges.remove(exchange);
        lastExchange = System.nanoTime();
    }

    /** Since the last answer; one that takes long is not idle. */
    Duration idleTime() {
        return exchanges.isEmpty() ? Duration.ofNanos(System.nanoTime() - lastExchange) : Duration.ZERO;
    }

    /** Called when the whole request was read: whatever comes now is the next request, or the end. */
    synchronized void watch() {
        if (ahead != null || gone || frames != null) {
            return;
        }
        var read = new CompletableFuture<byte[]>();
        ahead = read;
        Thread.ofVirtual().name("smelt-peer").start(() -> {
            try {
                read.complete(read());
            } catch (Throwable e) {
                read.completeExceptionally(e);
            }
        });
    }

    private byte[] next() {
        @Nullable CompletableFuture<byte[]> awaited;
        synchronized (this) {
            awaited = ahead;
            ahead = null;
        }
        byte[] bytes = awaited == null ? read() : await(awaited);
        FrameScanner scanner = frames;
        if (scanner != null) {
            scanner.scan(bytes);
        }
        return bytes;
    }

    private static byte[] await(CompletableFuture<byte[]> read) {
        try {
            return read.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataReader.InsufficientDataAvailableException();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new DataReader.InsufficientDataAvailableException();
        }
    }

    private byte[] read() {
        try {
            from.ensureAvailable();
            return from.readBuffer(from.available()).readBytes();
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    /** The connection is over. */
    void end() {
        gone = true;
        List.copyOf(exchanges).forEach(Exchange::clientIsGone);
    }
}
