package smelt.engine;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Hands the events of one request to a thread that may block. Holds at most one request's events. */
public final class EventStream implements Consumer<Event> {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    @Override
    public void accept(Event event) {
        events.add(event);
    }

    /** The next event; waits for it. Not to be called again after the last one. */
    public Event take() throws InterruptedException {
        return events.take();
    }
}
