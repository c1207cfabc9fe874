package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;

/** One request in a storm: what it did when it heard its events, and what became of it. */
final class Guest implements Consumer<Event> {
    /** What a consumer does with one of its events. */
    enum Whim {
        NONE,
        THROW,
        OUT_OF_MEMORY,
        OVERFLOW,
        BLOCK,
        CANCEL_OWN,
        CANCEL_ANOTHER,
        BRING_ANOTHER
    }

    final String name;
    final Request request;
    final Whim whim;
    final int whimAt;
    /** The decoder fails at this token; 0: never. */
    final int decoderFailsAt;

    final RecordedEvents events = new RecordedEvents();
    /** Does what {@link #whim} says, but for throwing. */
    private final Consumer<Guest> act;

    boolean cancelled;
    private boolean threw;

    Guest(String name, Request request, Whim whim, int whimAt, int decoderFailsAt, Consumer<Guest> act) {
        this.name = name;
        this.request = request;
        this.whim = whim;
        this.whimAt = whimAt;
        this.decoderFailsAt = decoderFailsAt;
        this.act = act;
    }

    @Override
    public void accept(Event event) {
        assertThat(threw).as("told after it threw").isFalse();
        events.accept(event);
        if (events.all.size() != whimAt) {
            return;
        }
        threw = whim == Whim.THROW || whim == Whim.OUT_OF_MEMORY || whim == Whim.OVERFLOW;
        switch (whim) {
            case NONE -> {}
            case THROW -> throw new IllegalStateException("on purpose");
            case OUT_OF_MEMORY -> throw new OutOfMemoryError("on purpose");
            case OVERFLOW -> throw new StackOverflowError("on purpose");
            case BLOCK, CANCEL_OWN, CANCEL_ANOTHER, BRING_ANOTHER -> act.accept(this);
        }
    }

    boolean failed() {
        return events.isOver() && events.all.getLast() instanceof Event.Failed;
    }

    /** Whether it failed, but not by its decoder. */
    boolean failedInStep() {
        return failed() && events.ids().size() + 1 != decoderFailsAt;
    }

    /**
     * What it heard is the beginning of what it hears alone, and all of it where it ended by itself.
     *
     * @param closed whether all were ended
     */
    void check(RecordedEvents alone, boolean closed) {
        assertThat(threw || events.isOver()).as("an end").isTrue();
        List<Event> heard = events.isOver() ? events.withoutLast() : events.all;
        List<Event> expected = alone.withoutLast();
        assertThat(heard.size()).isLessThanOrEqualTo(expected.size());
        assertThat(heard).isEqualTo(expected.subList(0, heard.size()));
        if (events.isOver() && events.all.getLast() instanceof Event.Finished finished) {
            switch (finished.reason()) {
                case CANCELLED -> assertThat(cancelled || closed).isTrue();
                case TIMEOUT -> assertThat(request.terms().timeout()).isNotNull();
                case END, STOP, LENGTH, CONTEXT -> {
                    assertThat(finished.reason()).isEqualTo(alone.reason());
                    assertThat(heard).hasSameSizeAs(expected);
                }
            }
        }
    }
}
