package smelt.server.http;

import java.time.Duration;

/**
 * What one request may take.
 *
 * @param bodyBytes of its body
 * @param headerBytes of its headers together
 * @param keepAlive between two comments of a stream that has nothing to say
 * @param stalled a write that takes longer ends the connection
 * @param receive how long its head may take from its first byte to its last, and then its body
 * @param idle a connection without requests ends after it
 */
public record Limits(
        int bodyBytes, int headerBytes, Duration keepAlive, Duration stalled, Duration receive, Duration idle) {
    public static final Limits DEFAULT = new Limits(
            20 << 20,
            32 << 10,
            Duration.ofSeconds(10),
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5));

    /** With other times for what comes, or does not. */
    public Limits withTimeouts(Duration newReceive, Duration newIdle) {
        return new Limits(bodyBytes, headerBytes, keepAlive, stalled, newReceive, newIdle);
    }
}
