package smelt.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection. All its bytes pass here, so its end is noticed where nothing is written either: an
 * HTTP/2 connection is read all the time, and one of HTTP/1.1 is read ahead, by one buffer at most, while an answer is
 * made. A request of HTTP/1.1 that does not come in time ends here, its head and its body.
 */
final class Peer {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long QUIET_MILLIS = 300;
    private static final long LINGER_MILLIS = 5000;

    private final DataReader from;
    private final Http10 http10;
    private final DataReader reader;
    private final long receiveNanos;
    private final long idleNanos;
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
    /** What is being read while nobody needs it yet; guarded by this. */
    private @Nullable CompletableFuture<byte[]> ahead;

    private volatile long lastExchange = System.nanoTime();
    /** When what is being received must be there, by {@link System#nanoTime}. */
    private volatile long due = NEVER;

    /** A head has begun; used by the connection's own thread. */
    private boolean asking;

    private volatile boolean gone;
    private volatile boolean unread;
    private volatile @Nullable FrameScanner frames;

    Peer(DataReader from, Limits limits) {
        this.from = from;
        http10 = new Http10(limits.headerBytes());
        this.reader = DataReader.create(this::next);
        receiveNanos = limits.receive().toNanos();
        idleNanos = limits.idle().toNanos();
    }

    /** What the connection is to read from instead. */
    DataReader reader() {
        return reader;
    }

    /** The preface of HTTP/2 is there already, or follows, and then its frames. */
    void speaksHttp2() {
        var scanner = new FrameScanner(this::reset);
        if (reader.available() > 0) {
            scanner.scan(reader.getBuffer(reader.available()).readBytes());
        }
        frames = scanner;
        due = NEVER;
    }

    private void reset(int stream) {
        exchanges.stream().filter(exchange -> exchange.stream() == stream).forEach(Exchange::clientIsGone);
    }

    /** @param receives whether a body follows */
    void add(Exchange exchange, boolean receives) {
        exchanges.add(exchange);
        asking = false;
        due = receives && frames == null ? System.nanoTime() + receiveNanos : NEVER;
        if (gone) {
            exchange.clientIsGone();
        }
    }

    void remove(Exchange exchange) {
        exchanges.remove(exchange);
        lastExchange = System.nanoTime();
    }

    /** Since the last request or answer; one that takes long is not idle. */
    Duration idleTime() {
        return exchanges.isEmpty() && due == NEVER ? Duration.ofNanos(System.nanoTime() - lastExchange) : Duration.ZERO;
    }

    boolean isIdleTooLong() {
        return idleTime().toNanos() > idleNanos;
    }

    /** Called when the whole request was read: whatever comes now is the next request, or the end. */
    synchronized void watch() {
        due = NEVER;
        if (ahead == null && !gone && frames == null) {
            ahead = readApart();
        }
    }

    private CompletableFuture<byte[]> readApart() {
        var read = new CompletableFuture<byte[]>();
        Thread.ofVirtual().name("smelt-peer").start(() -> {
            try {
                read.complete(read());
            } catch (Throwable e) {
                read.completeExceptionally(e);
            }
        });
        return read;
    }

    /** What clients of HTTP/1.0 understand as well. */
    DataWriter writer(DataWriter to) {
        return http10.writer(to);
    }

    private byte[] next() {
        byte[] bytes = awaited();
        FrameScanner scanner = frames;
        if (scanner != null) {
            scanner.scan(bytes);
            return bytes;
        }
        return http10.request(bytes, this::awaited);
    }

    private byte[] awaited() {
        boolean idle = due == NEVER && frames == null && exchanges.isEmpty();
        if (idle && (asking || reader.available() > 0)) {
            asking = true;
            idle = false;
            due = System.nanoTime() + receiveNanos;
        }
        @Nullable CompletableFuture<byte[]> awaited;
        synchronized (this) {
            if (ahead == null && due != NEVER) {
                ahead = readApart();
            }
            awaited = ahead;
        }
        byte[] bytes = awaited == null ? read() : await(awaited);
        synchronized (this) {
            ahead = null;
        }
        asking |= idle;
        return bytes;
    }

    private byte[] await(CompletableFuture<byte[]> read) {
        long end = due;
        try {
            return end == NEVER ? read.get() : read.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (exchanges.isEmpty() && !asking) {
                throw new DataReader.InsufficientDataAvailableException(); // it was answered before, or asks nothing
            }
            throw RequestException.builder()
                    .type(DirectHandler.EventType.OTHER)
                    .status(Status.REQUEST_TIMEOUT_408)
                    .setKeepAlive(false)
                    .message("The request did not come in time")
                    .build();
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

    /** A part of what was sent is not read: see {@link #linger}. */
    void leavesUnread() {
        unread = true;
    }

    boolean hasUnread() {
        return unread && frames == null;
    }

    /**
     * Reads on and forgets, until nothing comes. Who is still sending when the connection is cut never sees the answer
     * that tells what was wrong; RFC 9112, section 9.6.
     */
    void linger() {
        Thread reading = Thread.currentThread();
        long[] last = {System.nanoTime()};
        Thread watch = Thread.ofVirtual().name("smelt-linger").start(() -> interruptWhenQuiet(reading, last));
        try {
            while (true) {
                int unused = next().length;
                synchronized (last) {
                    last[0] = System.nanoTime();
                }
            }
        } catch (RuntimeException e) {
            // it is over
        } finally {
            watch.interrupt();
        }
    }

    private static void interruptWhenQuiet(Thread reading, long[] last) {
        long begin = System.nanoTime();
        try {
            boolean goesOn = true;
            while (goesOn) {
                Thread.sleep(QUIET_MILLIS / 2);
                synchronized (last) {
                    long now = System.nanoTime();
                    goesOn = now - last[0] < QUIET_MILLIS * 1_000_000 && now - begin < LINGER_MILLIS * 1_000_000;
                }
            }
            reading.interrupt(); // closes the socket
        } catch (InterruptedException e) {
            // the client was faster
        }
    }

    /** The connection is over. */
    void end() {
        gone = true;
        List.copyOf(exchanges).forEach(Exchange::clientIsGone);
    }
}
