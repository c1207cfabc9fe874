package smelt.server.http;

import java.time.Duration;

/** Interrupts the thread that made it when its time is over, unless it has ended before. */
final class TimeLimit {
    private final Thread guarded = Thread.currentThread();
    private final Thread clock;
    /** Guarded by this, as are the others. */
    private boolean ended;

    private boolean over;

    TimeLimit(Duration time) {
        clock = Thread.ofVirtual().name("smelt-time-limit").start(() -> {
            try {
                Thread.sleep(time);
                expire();
            } catch (InterruptedException e) {
                // it has ended
            }
        });
    }

    private synchronized void expire() {
        if (!ended) {
            over = true;
            guarded.interrupt();
        }
    }

    /** Returns whether the time was over before; the interrupt is then taken back. */
    synchronized boolean end() {
        if (!ended) {
            ended = true;
            clock.interrupt();
            if (over) {
                Thread.interrupted();
            }
        }
        return over;
    }
}
