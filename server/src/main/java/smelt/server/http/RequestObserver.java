package smelt.server.http;

import java.time.Duration;

/** Hears of every request, on its own thread; must not block. */
public interface RequestObserver {
    default void began(Exchange exchange) {}

    /**
     * Nothing follows.
     *
     * @param status what was answered; 499 where the client left before
     */
    default void ended(Exchange exchange, int status, Duration time) {}
}
