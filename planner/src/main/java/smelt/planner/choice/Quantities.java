package smelt.planner.choice;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as people write them; each throws {@link IllegalArgumentException} whose message completes "NAME ...". */
final class Quantities {
    private static final Pattern AMOUNT =
            Pattern.compile("([+-]?\\d{1,15}(?:\\.\\d{1,12})?|[+-]?\\.\\d{1,12})([a-zµ%$/_]*(?:/[a-z]+)?)");

    private static final Map<String, Double> SECONDS =
            Map.of("ms", 1e-3, "s", 1.0, "", 1.0, "m", 60.0, "min", 60.0, "us", 1e-6, "µs", 1e-6);
    private static final Map<String, Double> PER_SECOND = Map.of(
            "",
            1.0,
            "/s",
            1.0,
            "/m",
            1 / 60.0,
            "/min",
            1 / 60.0,
            "/h",
            1 / 3600.0,
            "/d",
            1 / 86400.0,
            "/day",
            1 / 86400.0);
    private static final Map<String, Double> HOURS =
            Map.of("s", 1 / 3600.0, "min", 1 / 60.0, "h", 1.0, "", 1.0, "d", 24.0, "days", 24.0);
    private static final Map<String, Double> BYTES = Map.of("gb/s", 1e9, "mb/s", 1e6);
    private static final Map<String, Double> WATTS = Map.of("", 1.0, "w", 1.0, "kw", 1e3, "mw", 1e6);
    private static final Map<String, Double> PLAIN = Map.of("", 1.0, "k", 1e3, "m", 1e6, "b", 1e9, "t", 1e12);
    private static final Map<String, Double> SHARE = Map.of("", 1.0, "%", 0.01);

    private Quantities() {}

    static double seconds(String text) {
        return positive(amount(text, SECONDS, "500ms or 2s"), text);
    }

    static double perSecond(String text) {
        return positive(amount(text, PER_SECOND, "5/s, 300/min or 20000/h"), text);
    }

    static double hours(String text) {
        return positive(amount(text, HOURS, "30min, 24h or 2d"), text);
    }

    static double bytesPerSecond(String text) {
        return positive(amount(text, BYTES, "2GB/s"), text);
    }

    static double watts(String text) {
        return positive(amount(text, WATTS, "700W or 5kW"), text);
    }

    /** Counts with k, M, B behind them. */
    static double count(String text) {
        return positive(amount(text, PLAIN, "2000 or 1.5B"), text);
    }

    static int whole(String text, int least, int most) {
        double value = amount(text, PLAIN, "8 or 4k");
        if (value != Math.rint(value) || value < least || value > most) {
            throw new IllegalArgumentException(
                    "must be a whole number from " + least + " to " + most + " but is " + text);
        }
        return (int) value;
    }

    static double share(String text, double least) {
        double value = amount(text, SHARE, "0.4 or 40%");
        if (value < least || value > 1) {
            throw new IllegalArgumentException("must be from " + plain(least) + " to 1 (or 100%) but is " + text);
        }
        return value;
    }

    static double number(String text, double least, double most) {
        double value = amount(text, Map.of("", 1.0), "1.3");
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "must be from " + plain(least) + " to " + plain(most) + " but is " + text);
        }
        return value;
    }

    static double dollars(String text) {
        double value = amount(text.replace("$", "").replace(",", ""), PLAIN, "0.15 or 20k");
        if (value < 0) {
            throw new IllegalArgumentException("is a price and cannot be negative, but is " + text);
        }
        return value;
    }

    private static double positive(double value, String text) {
        if (value <= 0) {
            throw new IllegalArgumentException("must be more than 0 but is " + text);
        }
        return value;
    }

    private static double amount(String text, Map<String, Double> units, String example) {
        String lower = text.strip().replace("_", "").toLowerCase(Locale.ROOT).replace(" ", "");
        Matcher parts = AMOUNT.matcher(lower);
        Double factor = parts.matches() ? units.get(parts.group(2)) : null;
        if (factor == null) {
            throw new IllegalArgumentException("must be like " + example + " but is "
                    + (text.length() > 60 ? text.substring(0, 60) + "..." : "'" + text + "'"));
        }
        return new BigDecimal(parts.group(1)).doubleValue() * factor;
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
