package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/** {@code + - * / // % **} on numbers, text and sequences. Integers have 64 bits; beyond that is a failure. */
final class Arithmetic {
    private Arithmetic() {}

    static Object apply(Operator operator, Object left, Object right, Budget budget) {
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (operator == Operator.MODULO && Values.isString(left)) {
            return PercentFormat.format(left, right, budget);
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (Comparison.isNumber(left) && Comparison.isNumber(right)) {
            try {
                return left instanceof Double || right instanceof Double
                        ? floats(operator, toDouble(left), toDouble(right))
                        : integers(operator, Values.index(left), Values.index(right));
            } catch (ArithmeticException overflow) {
                throw Fault.limit("an integer of more than 64 bits");
            }
        }
        if (operator == Operator.ADD) {
            return join(left, right, budget);
        }
        if (operator == Operator.MULTIPLY) {
            return right instanceof Long || right instanceof Boolean
                    ? repeat(left, right, budget)
                    : repeat(right, left, budget);
        }
        throw mismatch(operator, left, right);
    }

    private static Fault mismatch(Operator operator, Object left, Object right) {
        return Fault.of("unsupported operand types for " + operator.symbol() + ": '" + Values.typeName(left) + "' and '"
                + Values.typeName(right) + "'");
    }

    static double toDouble(Object number) {
        return switch (number) {
            case Double value -> value;
            default -> (double) Values.index(number);
        };
    }

    private static Object integers(Operator operator, long a, long b) {
        return switch (operator) {
            case ADD -> Math.addExact(a, b);
            case SUBTRACT -> Math.subtractExact(a, b);
            case MULTIPLY -> Math.multiplyExact(a, b);
            case DIVIDE -> (double) a / nonZero(b);
            case FLOOR_DIVIDE -> b == -1 ? Math.negateExact(a) : Math.floorDiv(a, nonZero(b));
            case MODULO -> Math.floorMod(a, nonZero(b));
            default -> b < 0 ? floats(operator, a, b) : power(a, b);
        };
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw Fault.of("division by zero");
        }
        return divisor;
    }

    private static Object power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            if (left > 1 && (square < -1 || square > 1)) {
                square = Math.multiplyExact(square, square);
            } else if (left > 1) {
                square = square * square;
            }
        }
        return result;
    }

    private static Object floats(Operator operator, double a, double b) {
        if (b == 0
                && (operator == Operator.DIVIDE || operator == Operator.FLOOR_DIVIDE || operator == Operator.MODULO)) {
            throw Fault.of("float division by zero");
        }
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case FLOOR_DIVIDE -> floorDivide(a, b);
            case MODULO -> modulo(a, b);
            default -> power(a, b);
        };
    }

    private static double power(double a, double b) {
        if (a == 0 && b < 0) {
            throw Fault.of("zero cannot be raised to a negative power");
        }
        if (a == 1) {
            return 1;
        }
        double result = Math.pow(a, b);
        if (Double.isInfinite(result) && Double.isFinite(a) && Double.isFinite(b)) {
            throw Fault.of("numerical result out of range");
        }
        if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
            throw Fault.unsupported("complex numbers");
        }
        return result;
    }

    private static double floorDivide(double a, double b) {
        double quotient = (a - modulo(a, b)) / b;
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /** With the sign of the divisor. */
    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0.0, b);
        }
        return (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private static Object join(Object left, Object right, Budget budget) {
        if (left instanceof Markup || right instanceof Markup) {
            if (!Values.isString(left) || !Values.isString(right)) {
                throw mismatch(Operator.ADD, left, right);
            }
            return new Markup(
                    join(Markup.escapeUnlessMarkup(left, budget), Markup.escapeUnlessMarkup(right, budget), budget));
        }
        if (left instanceof String a && right instanceof String b) {
            return join(a, b, budget);
        }
        boolean sameKind = left instanceof List<?> && Values.typeName(left).equals(Values.typeName(right));
        if (!sameKind || left instanceof Range) {
            throw mismatch(Operator.ADD, left, right);
        }
        List<?> a = (List<?>) left;
        List<?> b = (List<?>) right;
        budget.elements((long) a.size() + b.size());
        List<Object> all = new ArrayList<>(a.size() + b.size());
        all.addAll(a);
        all.addAll(b);
        return left instanceof Tuple ? new Tuple(all) : all;
    }

    private static String join(String a, String b, Budget budget) {
        budget.allocate((long) a.length() + b.length());
        return a.concat(b);
    }

    private static Object repeat(Object value, Object times, Budget budget) {
        boolean countable = times instanceof Long || times instanceof Boolean;
        long count = countable ? Math.max(0, Values.index(times)) : 0;
        if (countable && Values.isString(value)) {
            String text = Values.string(value, "");
            budget.allocate(product(text.length(), count));
            String repeated = text.isEmpty() ? "" : text.repeat((int) count);
            return value instanceof Markup ? new Markup(repeated) : repeated;
        }
        if (!countable || !(value instanceof List<?> list) || value instanceof Range) {
            throw mismatch(Operator.MULTIPLY, value, times);
        }
        budget.elements(product(list.size(), count));
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < count && !list.isEmpty(); i++) {
            all.addAll(list);
        }
        return value instanceof Tuple ? new Tuple(all) : all;
    }

    private static long product(long size, long count) {
        return size == 0 || count <= Integer.MAX_VALUE / size ? size * count : Integer.MAX_VALUE;
    }

    static Object unary(Operator operator, Object value) {
        return switch (value) {
            case Undefined undefined -> throw undefined.fault();
            case Double number -> operator == Operator.SUBTRACT ? -number : number;
            default -> {
                if (!Comparison.isNumber(value)) {
                    throw Fault.of(
                            "bad operand type for unary " + operator.symbol() + ": '" + Values.typeName(value) + "'");
                }
                long number = Values.index(value);
                if (number == Long.MIN_VALUE) {
                    throw Fault.limit("an integer of more than 64 bits");
                }
                yield operator == Operator.SUBTRACT ? -number : number;
            }
        };
    }
}
