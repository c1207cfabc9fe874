package smelt.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps what a request's consumer received, and checks that nothing follows the last event. */
final class RecordedEvents implements Consumer<Event> {
    final List<Event> all = new ArrayList<>();

    @Override
    public void accept(Event event) {
        if (isOver()) {
            throw new AssertionError(event + " after the last event");
        }
        all.add(event);
    }

    boolean isOver() {
        return !all.isEmpty() && all.getLast().isLast();
    }

    List<Integer> ids() {
        return all.stream()
                .filter(Event.Token.class::isInstance)
                .map(e -> ((Event.Token) e).id())
                .toList();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (Event event : all) {
            if (event instanceof Event.Token token) {
                text.append(token.text());
            }
        }
        return text.toString();
    }

    /** All but the last event, whose times vary. */
    List<Event> withoutLast() {
        return all.subList(0, all.size() - 1);
    }

    FinishReason reason() {
        return ((Event.Finished) all.getLast()).reason();
    }

    boolean hasFailed() {
        return all.getLast() instanceof Event.Failed;
    }

    Event.Failed failed() {
        return (Event.Failed) all.getLast();
    }
}
