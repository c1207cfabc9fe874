package smelt.server.generation;

import smelt.engine.Event;

/** Hears of generated text, on the thread of the request; must not block. */
public interface GenerationObserver {
    default void started(String model, Call call) {}

    /**
     * A piece came.
     *
     * @param sinceLast nanoseconds since the piece before it, of the same choice; below zero for the first
     */
    default void heard(String model, Piece piece, long sinceLast) {}

    /**
     * A choice is complete.
     *
     * @param last {@link Event.Finished} or {@link Event.Failed}
     */
    default void ended(String model, Piece last) {}

    /** Choices that nobody waits for any more; they are cancelled. */
    default void left(String model, int unfinished) {}
}
