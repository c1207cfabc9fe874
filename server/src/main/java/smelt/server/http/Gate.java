package smelt.server.http;

/** Who may pass: asked before the handler. */
public interface Gate {
    /** Everybody. */
    Gate OPEN = exchange -> {};

    /** @throws Problem 401, 403 or whatever is told to whom may not pass */
    void check(Exchange exchange);
}
