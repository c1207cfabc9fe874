package smelt.server.generation;

import java.time.Instant;
import java.util.List;
import smelt.engine.Event;
import smelt.server.http.Exchange;

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
     * @param exchange whose answer it is part of
     * @param began when it was submitted
     * @param last {@link Event.Finished} or {@link Event.Failed}
     */
    default void ended(Exchange exchange, String model, Instant began, Piece last) {}

    /** All of these, in their order. */
    static GenerationObserver all(List<GenerationObserver> observers) {
        return new GenerationObserver() {
            @Override
            public void started(String model, Call call) {
                observers.forEach(one -> one.started(model, call));
            }

            @Override
            public void heard(String model, Piece piece, long sinceLast) {
                observers.forEach(one -> one.heard(model, piece, sinceLast));
            }

            @Override
            public void ended(Exchange exchange, String model, Instant began, Piece last) {
                observers.forEach(one -> one.ended(exchange, model, began, last));
            }

            @Override
            public void left(String model, int unfinished) {
                observers.forEach(one -> one.left(model, unfinished));
            }
        };
    }

    /** Choices that nobody waits for any more; they are cancelled. */
    default void left(String model, int unfinished) {}
}
