package smelt.planner.simulation;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Dates with times as logs write them: {@code 2023-11-16 18:17:03.9799600}, with a T, a Z or an offset, too. */
final class Moments {
    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX]")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private Moments() {}

    /** Seconds since 1970, to a microsecond; all without an offset count as UTC. */
    static double seconds(String text) {
        TemporalAccessor parsed = FORM.parse(text);
        LocalDateTime local = LocalDateTime.from(parsed);
        int offset = parsed.isSupported(ChronoField.OFFSET_SECONDS) ? parsed.get(ChronoField.OFFSET_SECONDS) : 0;
        return local.toEpochSecond(ZoneOffset.UTC) - offset + parsed.get(ChronoField.NANO_OF_SECOND) / 1e9;
    }
}
