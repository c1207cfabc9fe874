package smelt.server.ollama;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/**
 * How long a model stays after a request.
 *
 * @param time empty for the server's usual time; zero to unload it, below zero to keep it for good
 */
record KeepAlive(Optional<Duration> time) {
    private static final String NAME = "keep_alive";
    private static final Pattern GO_DURATION =
            Pattern.compile("([+-]?)((?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|us|ns|h|m|s))+)");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|ns|h|m|s)");
    private static final Map<String, Long> NANOS = Map.of(
            "h",
            3_600_000_000_000L,
            "m",
            60_000_000_000L,
            "s",
            1_000_000_000L,
            "ms",
            1_000_000L,
            "us",
            1_000L,
            "ns",
            1L);
    private static final int LONGEST_TEXT = 64;
    /** Longer is for good. */
    private static final double MOST_SECONDS = 1e9;

    /**
     * Seconds, or a duration as Go writes it: {@code 1h30m}, {@code 300ms}.
     *
     * @throws Problem 400 where it is neither
     */
    static KeepAlive of(Body body) {
        return new KeepAlive(body.any(NAME).map(KeepAlive::read));
    }

    private static Duration read(JsonNode value) {
        if (value.isNumber()) {
            return seconds(value.doubleValue());
        }
        String text = value.asString("").strip();
        if (value.isString() && text.matches("[+-]?\\d{1,9}")) {
            return seconds(Double.parseDouble(text));
        }
        Matcher whole = GO_DURATION.matcher(text);
        if (!value.isString() || text.length() > LONGEST_TEXT || !whole.matches()) {
            throw Problem.invalid(
                    NAME, NAME + " must be seconds or a duration such as \"5m\" but is " + Fields.described(value));
        }
        BigDecimal nanos = PART.matcher(whole.group(2))
                .results()
                .map(part -> new BigDecimal(part.group(1))
                        .multiply(BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 1L))))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        double seconds = nanos.doubleValue() / 1e9;
        return seconds(whole.group(1).equals("-") ? -seconds : seconds);
    }

    private static Duration seconds(double seconds) {
        return seconds < 0 || seconds > MOST_SECONDS
                ? Duration.ofSeconds(-1)
                : Duration.ofNanos((long) (seconds * 1e9));
    }

    boolean unloads() {
        return time.filter(Duration::isZero).isPresent();
    }

    boolean pins() {
        return time.filter(Duration::isNegative).isPresent();
    }
}
