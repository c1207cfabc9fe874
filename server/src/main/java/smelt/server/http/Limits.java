package smelt.server.http;

import java.time.Duration;

/**
 * What one request may take.
 *
 * @param bodyBytes of its body
 * @param headerBytes of its headers together
 * @param keepAlive between two comments of a stream that has nothing to say
 * @param stalled a write that takes longer ends the connection
 */
public record Limits(int bodyBytes, int headerBytes, Duration keepAlive, Duration stalled) {
    public static final Limits DEFAULT = new Limits(20 << 20, 32 << 10, Duration.ofSeconds(10), Duration.ofMinutes(2));
}
