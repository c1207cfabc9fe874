package smelt.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that comes bit by bit. Every write goes out at once. Where nothing was written for a while a
 * comment keeps the connection alive; where a write does not end the reader has stopped, and is given up.
 */
final class AnswerStream {
    private static final long SHORTEST_SLEEP = 50;

    private final OutputStream out;
    private final Exchange exchange;
    private final Limits limits;
    private final String comment;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private boolean closed;

    private volatile long lastWrite = System.nanoTime();
    /** Who writes now, since {@link #lastWrite}. */
    private volatile @Nullable Thread writer;

    private final Thread keeper;

    /** @param comment what keeps it alive; empty for a format that has nothing of the kind */
    AnswerStream(OutputStream out, Exchange exchange, Limits limits, String comment) {
        this.out = out;
        this.exchange = exchange;
        this.limits = limits;
        this.comment = comment;
        keeper = Thread.ofVirtual().name("smelt-keep-alive").unstarted(this::keepAlive);
        write(bytes(comment)); // sends the headers
        keeper.start();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws ClientGone where nobody hears it; the exchange's problem where it was ended */
    void write(byte[] bytes) {
        exchange.check();
        put(bytes);
    }

    private void put(byte[] bytes) {
        lock.lock();
        try {
            if (closed) {
                throw new ClientGone();
            }
            lastWrite = System.nanoTime();
            writer = Thread.currentThread();
            out.write(bytes);
            out.flush();
        } catch (IOException | RuntimeException e) {
            throw gone(e);
        } finally {
            writer = null;
            lastWrite = System.nanoTime();
            lock.unlock();
        }
    }

    private ClientGone gone(Exception e) {
        closed = true;
        exchange.clientIsGone();
        return e instanceof ClientGone known ? known : new ClientGone(e);
    }

    /** Wakes up when a comment is due, or a write is overdue. */
    private void keepAlive() {
        try {
            while (true) {
                long idle = System.nanoTime() - lastWrite;
                Thread.sleep(Math.max(SHORTEST_SLEEP, limits.keepAlive().toMillis() - idle / 1_000_000));
                tick();
            }
        } catch (InterruptedException | ClientGone | Problem e) {
            // closed, or nobody is there
        }
    }

    private void tick() {
        long idle = System.nanoTime() - lastWrite;
        Thread stuck = writer;
        if (stuck != null) {
            if (idle > limits.stalled().toNanos()) {
                exchange.giveUp(Exchange.STALLED);
            }
        } else if (idle >= limits.keepAlive().toNanos() && !comment.isEmpty()) {
            write(bytes(comment));
        }
    }

    /** Ends a write that does not end by itself. */
    void leave() {
        Thread stuck = writer;
        if (stuck != null) {
            stuck.interrupt(); // closes the socket
        }
    }

    /** The last thing that is said. */
    void fail(Dialect dialect, Problem problem) {
        byte[] body = Json.bytes(dialect.body(problem));
        byte[] told = comment.isEmpty() ? LineSink.ended(body) : EventSink.named("error", body);
        try {
            put(told);
        } catch (ClientGone e) {
            // nobody to tell
        }
    }

    /** Ends the body. */
    void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                out.close();
                exchange.commit();
            }
        } catch (IOException | RuntimeException e) {
            exchange.clientIsGone();
        } finally {
            keeper.interrupt(); // it cannot be writing
            lock.unlock();
        }
    }
}
