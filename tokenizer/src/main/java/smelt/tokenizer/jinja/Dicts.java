package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dictionaries: keys that are equal in Python (1, 1.0, True) are one key. */
final class Dicts {
    private static final int MAX_KEY_DEPTH = 8;

    private Dicts() {}

    static @Nullable Object find(Map<?, ?> map, Object key, Budget budget) {
        Object canonical = key(key, budget, 0);
        Object value = map.get(canonical);
        if (value == null && canonical instanceof Long number) {
            Object other = map.get((double) number);
            value = other == null && (number == 0 || number == 1) ? map.get(number == 1) : other;
        }
        return value;
    }

    /** A key that is there already stays as it was first written. */
    static void put(Map<Object, Object> map, Object key, Object value, Budget budget) {
        Object canonical = key(key, budget, 0);
        boolean ordinary = !(canonical instanceof Long);
        if (ordinary || map.containsKey(canonical)) {
            map.put(canonical, value);
            return;
        }
        for (Object same : List.of(key, Arithmetic.toDouble(canonical), canonical.equals(1L))) {
            if (map.containsKey(same) && Comparison.equal(same, canonical, budget)) {
                map.put(same, value);
                return;
            }
        }
        map.put(key, value);
    }

    static Map<Object, Object> copy(Map<?, ?> map, Budget budget) {
        budget.elements(map.size());
        return new LinkedHashMap<>(map);
    }

    /** The key as it is looked for: True and 1.0 as 1, markup as its text; unhashable values fail. */
    private static Object key(Object key, Budget budget, int depth) {
        budget.step();
        if (depth > MAX_KEY_DEPTH) {
            throw Fault.limit("a dict key nested deeper than " + MAX_KEY_DEPTH);
        }
        return switch (key) {
            case Boolean flag -> flag ? 1L : 0L;
            case Double number -> isWhole(number) ? (Object) number.longValue() : number;
            case Markup markup -> markup.text();
            case Undefined undefined -> new Undefined("a dict key");
            case Tuple tuple -> {
                List<Object> parts = new ArrayList<>();
                for (Object part : tuple) {
                    parts.add(key(part, budget, depth + 1));
                }
                yield new Tuple(parts);
            }
            case Range range -> range;
            case List<?> list -> throw unhashable(key);
            case Map<?, ?> map -> throw unhashable(key);
            default -> key;
        };
    }

    private static boolean isWhole(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1L << 53;
    }

    private static Fault unhashable(Object key) {
        return Fault.of("unhashable type: '" + Values.typeName(key) + "'");
    }
}
