package smelt.server.generation;

import smelt.engine.Event;

/** Hears of generated text, on the thread of the request; must not block. */
public interface GenerationObserver {
    default void started(String model, Call call) {}

    /**
     * A piece came.
     *
     * @param nanos since the generation was started
     */
    default void heard(String model, Piece piece, long nanos) {}

    /**
     * A choice is complete.
     *
     * @param last {@link Event.Finished} or {@link Event.Failed}
     * @param nanos since the generation was started
     */
    default void ended(String model, Event last, long nanos) {}
}
