package smelt.engine.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers between bounds, digit by digit. Those with a fraction have no exponent, and no more digits than a double
 * tells apart unless the bounds have: at most 9 before the point and 6 behind it.
 */
final class NumberTexts {
    private static final int BEFORE_POINT = 9;
    private static final int BEHIND_POINT = 6;

    private static final Expr DIGIT = new Expr.Chars(CharSet.DIGITS);

    private NumberTexts() {}

    /** Whole numbers of the shape. */
    static Expr integers(Shape shape) {
        BigInteger least = shape.minimum == null ? null : ceiling(shape.minimum, shape.minimumExcluded);
        BigInteger most = shape.maximum == null
                ? null
                : ceiling(shape.maximum.negate(), shape.maximumExcluded).negate();
        if (least != null && most != null && least.compareTo(most) > 0) {
            return Expr.NEVER;
        }
        List<Expr> choices = new ArrayList<>();
        if (most == null || most.signum() >= 0) {
            BigInteger from = least == null ? BigInteger.ZERO : least.max(BigInteger.ZERO);
            choices.add(digits(from, most == null ? nines(from, JsonText.MOST_DIGITS) : most));
        }
        if (least == null || least.signum() < 0) {
            BigInteger from = most == null ? BigInteger.ONE : most.negate().max(BigInteger.ONE);
            BigInteger to = least == null ? nines(from, JsonText.MOST_DIGITS) : least.negate();
            choices.add(Expr.sequence(Expr.text("-"), digits(from, to)));
        }
        return Expr.choice(choices);
    }

    /** The least whole number that is not below the bound. */
    private static BigInteger ceiling(BigDecimal bound, boolean excluded) {
        BigInteger up = bound.setScale(0, RoundingMode.CEILING).toBigInteger();
        boolean whole = new BigDecimal(up).compareTo(bound) == 0;
        return whole && excluded ? up.add(BigInteger.ONE) : up;
    }

    /** The largest number with so many digits, or as many as {@code least} has. */
    private static BigInteger nines(BigInteger least, int digits) {
        return BigInteger.TEN.pow(Math.max(digits, least.toString().length())).subtract(BigInteger.ONE);
    }

    /** Numbers from {@code least} to {@code most}, both 0 or more, without leading zeros. */
    private static Expr digits(BigInteger least, BigInteger most) {
        List<Expr> choices = new ArrayList<>();
        int longest = most.toString().length();
        for (int length = least.toString().length(); length <= longest; length++) {
            BigInteger first = length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
            BigInteger last = BigInteger.TEN.pow(length).subtract(BigInteger.ONE);
            String low = least.max(first).toString();
            String high = most.min(last).toString();
            if (low.compareTo(high) <= 0) {
                choices.add(digits(low, high, 0, true, true));
            }
        }
        return Expr.choice(choices);
    }

    /** Digits from {@code at} on of numbers that so far are equal to one of the bounds, to both, or between them. */
    private static Expr digits(String low, String high, int at, boolean asLow, boolean asHigh) {
        int left = low.length() - at;
        if (left == 0 || (!asLow && !asHigh)) {
            return new Expr.Repeat(DIGIT, left, left);
        }
        char from = asLow ? low.charAt(at) : '0';
        char to = asHigh ? high.charAt(at) : '9';
        if (from == to) {
            return Expr.sequence(digit(from, to), digits(low, high, at + 1, asLow, asHigh));
        }
        List<Expr> choices = new ArrayList<>();
        choices.add(Expr.sequence(digit(from, from), digits(low, high, at + 1, asLow, false)));
        choices.add(Expr.sequence(digit(to, to), digits(low, high, at + 1, false, asHigh)));
        if (to - from > 1) {
            choices.add(
                    Expr.sequence(digit((char) (from + 1), (char) (to - 1)), digits(low, high, at + 1, false, false)));
        }
        return Expr.choice(choices);
    }

    private static Expr digit(char from, char to) {
        return new Expr.Chars(CharSet.of(from, to));
    }

    /** Numbers of the shape, with or without a fraction. */
    static Expr numbers(Shape shape) {
        BigDecimal least = shape.minimum;
        BigDecimal most = shape.maximum;
        List<Expr> choices = new ArrayList<>();
        if (most == null || most.signum() >= 0) {
            choices.add(fromZero(least, shape.minimumExcluded, most, shape.maximumExcluded));
        }
        if (least == null || least.signum() < 0) {
            BigDecimal from = most == null ? null : most.negate();
            BigDecimal to = least == null ? null : least.negate();
            choices.add(
                    Expr.sequence(Expr.text("-"), fromZero(from, shape.maximumExcluded, to, shape.minimumExcluded)));
        }
        return Expr.choice(choices);
    }

    /** Numbers from {@code least}, or 0 where that is less or null. */
    private static Expr fromZero(
            @Nullable BigDecimal least, boolean leastExcluded, @Nullable BigDecimal most, boolean mostExcluded) {
        return least == null || least.signum() < 0
                ? new Range(BigDecimal.ZERO, false, most, mostExcluded).texts()
                : new Range(least, leastExcluded, most, mostExcluded).texts();
    }

    /** Numbers from {@code low}, which is 0 or more, to {@code high}; null for no bound. */
    private record Range(
            BigDecimal low, boolean lowExcluded, @Nullable BigDecimal high, boolean highExcluded) {
        Expr texts() {
            BigInteger from = low.toBigInteger();
            if (high == null) {
                BigInteger last = nines(from.add(BigInteger.ONE), BEFORE_POINT);
                return Expr.choice(
                        Expr.sequence(digits(from, from), fraction(true, false)),
                        Expr.sequence(digits(from.add(BigInteger.ONE), last), fraction(false, false)));
            }
            BigInteger to = high.toBigInteger();
            int order = low.compareTo(high);
            if (order > 0 || (order == 0 && (lowExcluded || highExcluded))) {
                return Expr.NEVER;
            }
            if (from.equals(to)) {
                return Expr.sequence(digits(from, from), fraction(true, true));
            }
            return Expr.choice(
                    Expr.sequence(digits(from, from), fraction(true, false)),
                    Expr.sequence(
                            digits(from.add(BigInteger.ONE), to.subtract(BigInteger.ONE)), fraction(false, false)),
                    Expr.sequence(digits(to, to), fraction(false, true)));
        }

        /** What may follow the digits before the point where these are those of one bound, of both, or of none. */
        private Expr fraction(boolean asLow, boolean asHigh) {
            Expr point = Expr.sequence(Expr.text("."), more(0, asLow, asHigh));
            return mayEnd(0, asLow, asHigh) ? Expr.optional(point) : point;
        }

        private static String digitsBehind(@Nullable BigDecimal bound) {
            if (bound == null) {
                return "";
            }
            String text = bound.stripTrailingZeros().toPlainString();
            return text.contains(".") ? text.substring(text.indexOf('.') + 1) : "";
        }

        private Expr more(int at, boolean asLow, boolean asHigh) {
            String lows = digitsBehind(low);
            String highs = digitsBehind(high);
            int most = Math.max(BEHIND_POINT, Math.max(lows.length(), highs.length()));
            if (at == most) {
                return Expr.NEVER;
            }
            if (!asLow && !asHigh) {
                return new Expr.Repeat(DIGIT, 1, most - at);
            }
            char from = asLow && at < lows.length() ? lows.charAt(at) : '0';
            char to = !asHigh ? '9' : at < highs.length() ? highs.charAt(at) : '0';
            if (from > to) {
                return Expr.NEVER;
            }
            if (from == to) {
                return Expr.sequence(digit(from, to), after(at + 1, asLow, asHigh));
            }
            List<Expr> choices = new ArrayList<>();
            choices.add(Expr.sequence(digit(from, from), after(at + 1, asLow, false)));
            choices.add(Expr.sequence(digit(to, to), after(at + 1, false, asHigh)));
            if (to - from > 1) {
                choices.add(Expr.sequence(digit((char) (from + 1), (char) (to - 1)), after(at + 1, false, false)));
            }
            return Expr.choice(choices);
        }

        private Expr after(int at, boolean asLow, boolean asHigh) {
            Expr more = more(at, asLow, asHigh);
            return mayEnd(at, asLow, asHigh) ? Expr.optional(more) : more;
        }

        private boolean mayEnd(int at, boolean asLow, boolean asHigh) {
            boolean lowReached = digitsBehind(low).length() <= at && !lowExcluded;
            boolean highReached = digitsBehind(high).length() > at || !highExcluded;
            return (!asLow || lowReached) && (!asHigh || highReached);
        }
    }
}
