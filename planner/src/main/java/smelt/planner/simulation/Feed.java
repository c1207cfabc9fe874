package smelt.planner.simulation;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** When which request comes: at its time, or as soon as a user of a closed loop is free to send it. */
final class Feed {
    static final long NEVER = Long.MAX_VALUE;

    private final Iterator<Arrival> arrivals;
    private final boolean closed;
    /** Users that wait for nothing, and since when. */
    private int free;

    private long freeSince;
    private @Nullable Arrival head;
    private long headNanos;
    private int taken;

    /** @param users 0 where requests come at their times */
    Feed(Iterator<Arrival> arrivals, int users) {
        this.arrivals = arrivals;
        closed = users > 0;
        free = users;
        advance();
    }

    boolean isClosed() {
        return closed;
    }

    /** When the next request comes, as far as is known; {@link #NEVER} where that depends on an answer. */
    long next() {
        if (head == null || (closed && free == 0)) {
            return NEVER;
        }
        return closed ? freeSince : headNanos;
    }

    /** Requests that have come; the next one has this number. */
    int taken() {
        return taken;
    }

    Arrival take() {
        Arrival taking = head;
        if (taking == null) {
            throw new IllegalStateException("no request comes");
        }
        taken++;
        free -= closed ? 1 : 0;
        advance();
        return taking;
    }

    /** A request has got its answer, or none. */
    void ended(long nowNanos) {
        free++;
        freeSince = nowNanos;
    }

    private void advance() {
        head = arrivals.hasNext() ? arrivals.next() : null;
        if (head == null || closed) {
            return;
        }
        long nanos = Math.round(head.seconds() * 1e9);
        if (nanos < headNanos) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Request " + (taken + 1) + " comes at " + head.seconds() + " s, before the one before it");
        }
        headNanos = nanos;
    }
}
