package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A stream that is closed, and thereby cut, when nothing comes for a while: a read has no time limit of its own. */
final class StallGuard extends InputStream {
    private final InputStream in;
    private final Duration limit;
    private final Thread watcher;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean stalled;

    StallGuard(InputStream in, Duration limit) {
        this.in = in;
        this.limit = limit;
        this.watcher = Thread.ofVirtual().start(this::watch);
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("whole buffers only");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int n;
        try {
            n = in.read(into, offset, length);
        } catch (IOException e) {
            throw stalled ? silence() : e;
        }
        if (stalled) {
            throw silence();
        }
        lastNanos = System.nanoTime();
        return n;
    }

    private IOException silence() {
        return new IOException("nothing came for " + limit.toMillis() / 1000.0 + " s");
    }

    private void watch() {
        try {
            long left = limit.toNanos();
            while (left > 0) {
                Thread.sleep(Duration.ofNanos(left));
                left = limit.toNanos() - (System.nanoTime() - lastNanos);
            }
            stalled = true;
            in.close();
        } catch (InterruptedException | IOException e) {
            return; // closed by its owner
        }
    }

    @Override
    public void close() throws IOException {
        watcher.interrupt();
        in.close();
    }
}
