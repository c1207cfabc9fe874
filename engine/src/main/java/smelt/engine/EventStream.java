package smelt.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Hands the events of one request to a thread that may block. It holds at most one request's events: a reader that is
 * slow, or gone, holds up nobody.
 */
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

    /**
     * Waits for all events that were not taken yet, the last one among them.
     *
     * @throws smelt.base.Failure where the request failed
     */
    public Completion completion() throws InterruptedException {
        List<Event> all = new ArrayList<>();
        while (true) {
            switch (take()) {
                case Event.Finished finished -> {
                    return new Completion(all, finished.reason(), finished.usage());
                }
                case Event.Failed failed -> throw failed.failure();
                case Event.PromptToken token -> all.add(token);
                case Event.Token token -> all.add(token);
            }
        }
    }
}
