package smelt.planner.choice;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Amounts for people: three digits and a unit. */
public final class Texts {
    private Texts() {}

    /** Three significant digits; whole numbers keep all of theirs, in groups. */
    public static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "?";
        }
        if (Math.abs(value) >= 999.5) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    public static String seconds(double value) {
        return value < 0.9995 ? number(value * 1e3) + " ms" : number(value) + " s";
    }

    /** Cents where they matter, three digits below a dollar. */
    public static String dollars(double value) {
        if (!Double.isFinite(value)) {
            return "?";
        }
        if (value >= 999.5) {
            return "$" + number(value);
        }
        int decimals = value >= 0.9995 || value == 0 ? 2 : (int) Math.min(9, 2 - Math.floor(Math.log10(value)));
        return "$" + String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    public static String watts(double value) {
        return value < 999.5 ? number(value) + " W" : number(value / 1e3) + " kW";
    }

    /** {@code 2 machines}. */
    static String count(int number, String one) {
        return count(number, one, one + "s");
    }

    static String count(int number, String one, String many) {
        return number(number) + " " + (number == 1 ? one : many);
    }

    /** In percent; near all of it, so that what is missing has two digits. */
    public static String share(double value) {
        double rest = 1 - value;
        if (rest <= 0 || rest >= 0.1) {
            return number(value * 100) + "%";
        }
        int decimals = (int) Math.clamp(-Math.floor(Math.log10(rest)) - 1, 0, 7);
        return String.format(
                Locale.ROOT,
                "%." + decimals + "f%%",
                Math.floor(value * Math.pow(10, decimals + 2)) / Math.pow(10, decimals));
    }

    /** Seconds, minutes or hours. */
    static String duration(double seconds) {
        if (seconds < 120) {
            return seconds(seconds);
        }
        return seconds < 2 * 3600 ? number(seconds / 60) + " min" : number(seconds / 3600) + " h";
    }

    public static String gigabytes(double bytes) {
        return number(bytes / 1e9) + " GB";
    }
}
