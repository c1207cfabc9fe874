package smelt.bench;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.engine.Event;
import smelt.engine.Usage;

/** Notes when the tokens of one request came. Written by the engine's thread, read after {@link #last} is there. */
final class Recorder implements Consumer<Event> {
    private final CountDownLatch ended = new CountDownLatch(1);
    private long[] nanos = new long[64];
    private int count;
    private @Nullable Event last;

    @Override
    public void accept(Event event) {
        if (event instanceof Event.Token) {
            nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
            nanos[count++] = System.nanoTime();
        }
        if (event.isLast()) {
            last = event;
            ended.countDown();
        }
    }

    CountDownLatch ended() {
        return ended;
    }

    /** When each token came, in the clock of {@link System#nanoTime}. */
    long[] times() {
        return Arrays.copyOf(nanos, count);
    }

    /** @throws Failure with which the request ended */
    Usage usage() {
        if (last instanceof Event.Failed failed) {
            throw failed.failure();
        }
        if (last instanceof Event.Finished finished) {
            return finished.usage();
        }
        throw new IllegalStateException("The request has not ended");
    }
}
