package smelt.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Equality, order and membership. */
final class Comparison {
    private Comparison() {}

    static boolean equal(Object left, Object right, Budget budget) {
        budget.step();
        if (left == right) {
            return !(left instanceof Double number && number.isNaN());
        }
        if (isNumber(left) && isNumber(right)) {
            return compareNumbers(left, right) == 0 && !isNaN(left) && !isNaN(right);
        }
        if (Values.isString(left) && Values.isString(right)) {
            return Values.string(left, "").equals(Values.string(right, ""));
        }
        return switch (left) {
            case Undefined undefined -> right instanceof Undefined;
            case List<?> list -> right instanceof List<?> other && equalLists(list, other, budget);
            case Map<?, ?> map -> right instanceof Map<?, ?> other && equalMaps(map, other, budget);
            default -> left.equals(right);
        };
    }

    private static boolean equalLists(List<?> left, List<?> right, Budget budget) {
        if (!Values.typeName(left).equals(Values.typeName(right)) || left.size() != right.size()) {
            return false;
        }
        budget.enter();
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), budget)) {
                budget.leave();
                return false;
            }
        }
        budget.leave();
        return true;
    }

    private static boolean equalMaps(Map<?, ?> left, Map<?, ?> right, Budget budget) {
        if (left.size() != right.size()) {
            return false;
        }
        budget.enter();
        boolean same = true;
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Object other = Dicts.find(right, entry.getKey(), budget);
            if (other == null || !equal(entry.getValue(), other, budget)) {
                same = false;
                break;
            }
        }
        budget.leave();
        return same;
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private static boolean isNaN(Object value) {
        return value instanceof Double number && number.isNaN();
    }

    private static int compareNumbers(Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            double a = Arithmetic.toDouble(left);
            double b = Arithmetic.toDouble(right);
            boolean exact = Math.abs(a) < 1L << 53 || Math.abs(b) < 1L << 53;
            if (exact || !Double.isFinite(a) || !Double.isFinite(b)) {
                return a < b ? -1 : a > b ? 1 : 0;
            }
            return decimal(left).compareTo(decimal(right));
        }
        return Long.compare(Values.index(left), Values.index(right));
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Double value ? new BigDecimal(value) : new BigDecimal(Values.index(number));
    }

    /** {@code left operator right} for the four orderings. */
    static boolean ordered(Operator operator, Object left, Object right, Budget budget) {
        if (isNaN(left) || isNaN(right)) {
            return false;
        }
        int order = compare(left, right, operator.symbol(), budget);
        return switch (operator) {
            case LESS -> order < 0;
            case LESS_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            default -> order >= 0;
        };
    }

    private static int compare(Object left, Object right, String symbol, Budget budget) {
        budget.step();
        if (isNumber(left) && isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (Values.isString(left) && Values.isString(right)) {
            return compareText(Values.string(left, ""), Values.string(right, ""));
        }
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        String type = Values.typeName(left);
        boolean sequences =
                (left instanceof List<?>) && !(left instanceof Range) && type.equals(Values.typeName(right));
        if (!sequences) {
            throw Fault.of("'" + symbol + "' not supported between instances of '" + type + "' and '"
                    + Values.typeName(right) + "'");
        }
        return compareLists((List<?>) left, (List<?>) right, symbol, budget);
    }

    private static int compareLists(List<?> left, List<?> right, String symbol, Budget budget) {
        budget.enter();
        int shared = Math.min(left.size(), right.size());
        int order = Integer.compare(left.size(), right.size());
        for (int i = 0; i < shared; i++) {
            if (!equal(left.get(i), right.get(i), budget)) {
                order = compare(left.get(i), right.get(i), symbol, budget);
                break;
            }
        }
        budget.leave();
        return order;
    }

    /** By code point, which differs from Java's order where surrogates meet other characters above them. */
    private static int compareText(String left, String right) {
        int shared = Math.min(left.length(), right.length());
        for (int i = 0; i < shared; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
                return surrogates ? Boolean.compare(Character.isSurrogate(a), false) * 2 - 1 : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    static boolean contains(Object container, Object element, Budget budget) {
        if (Values.isString(container)) {
            String text = Values.string(container, "");
            if (!Values.isString(element)) {
                throw element instanceof Undefined undefined
                        ? undefined.fault()
                        : Fault.of("'in <string>' requires string as left operand, not " + Values.typeName(element));
            }
            String part = Values.string(element, "");
            budget.search(text.length(), part.length());
            return text.contains(part);
        }
        if (container instanceof Map<?, ?> map) {
            return Dicts.find(map, element, budget) != null;
        }
        for (Iterator<Object> all = Values.iterate(container); all.hasNext(); ) {
            if (equal(all.next(), element, budget)) {
                return true;
            }
        }
        return false;
    }

    /** Stable; each key is taken once. */
    static void sort(List<Object> items, Function<Object, Object> key, boolean reverse, Budget budget) {
        List<Object[]> keyed = new ArrayList<>(items.size());
        budget.elements(items.size());
        for (Object item : items) {
            keyed.add(new Object[] {key.apply(item), item});
        }
        Comparator<Object[]> order = (a, b) -> compare(a[0], b[0], "<", budget);
        keyed.sort(reverse ? order.reversed() : order);
        for (int i = 0; i < keyed.size(); i++) {
            items.set(i, keyed.get(i)[1]);
        }
    }
}
