package smelt.engine;

import java.util.List;

/**
 * An answer from its first event to its last.
 *
 * @param events all but the last: they are the same whenever the request is sent
 * @param usage what it took
 */
public record Completion(List<Event> events, FinishReason reason, Usage usage) {
    public Completion {
        events = List.copyOf(events);
    }

    /** The generated tokens. */
    public int[] ids() {
        return events.stream()
                .filter(Event.Token.class::isInstance)
                .mapToInt(event -> ((Event.Token) event).id())
                .toArray();
    }

    /** What was written. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            if (event instanceof Event.Token token) {
                text.append(token.text());
            }
        }
        return text.toString();
    }
}
