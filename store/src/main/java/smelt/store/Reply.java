package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer after all redirects, its body still to be read.
 *
 * @param address where it came from in the end
 * @param promisedSha256 what a redirecting hub said about the file
 */
record Reply(int status, HttpHeaders headers, URI address, Optional<String> promisedSha256, InputStream body)
        implements AutoCloseable {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");

    boolean isWhole() {
        return status == 200;
    }

    boolean isPart() {
        return status == 206;
    }

    /** First byte of a part; -1 where it is not told. */
    long partStart() {
        Matcher m = CONTENT_RANGE.matcher(header("Content-Range").orElse(""));
        return m.matches() ? number(m.group(1)).orElse(-1) : -1;
    }

    /** Bytes of the whole file, where told. */
    OptionalLong total() {
        if (isPart()) {
            Matcher m = CONTENT_RANGE.matcher(header("Content-Range").orElse(""));
            return m.matches() ? number(m.group(3)) : OptionalLong.empty();
        }
        return header("Content-Length").map(Reply::number).orElse(OptionalLong.empty());
    }

    /** What If-Range takes: a strong entity tag, else the time of the last change. */
    Optional<String> validator() {
        return header("ETag").filter(tag -> !tag.startsWith("W/")).or(() -> header("Last-Modified"));
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** How long the server asks to wait. */
    Optional<Duration> retryAfter(Instant now) {
        Optional<String> text = header("Retry-After").map(String::strip);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong seconds = number(text.get());
        if (seconds.isPresent()) {
            return Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), Integer.MAX_VALUE)));
        }
        try {
            Instant then = ZonedDateTime.parse(text.get(), DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant();
            return Optional.of(then.isBefore(now) ? Duration.ZERO : Duration.between(now, then));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong number(String text) {
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
