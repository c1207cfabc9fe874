package smelt.engine.constraint;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Whether one value may have two shapes. Where it cannot be told, it may. */
final class Overlap {
    private static final int MOST_DEPTH = 4;

    private final Function<List<Located>, List<Shape>> reader;
    private int depth;

    /** @param reader reads schemas that hold together */
    Overlap(Function<List<Located>, List<Shape>> reader) {
        this.reader = reader;
    }

    boolean test(List<Shape> some, List<Shape> others) {
        return some.stream().anyMatch(one -> others.stream().anyMatch(other -> test(one, other)));
    }

    private boolean test(Shape one, Shape other) {
        Set<Type> shared = EnumSet.copyOf(one.types);
        shared.retainAll(other.types);
        if (one.values != null) {
            return one.values.stream().anyMatch(value -> mayBe(value, shared, one, other));
        }
        if (other.values != null) {
            return other.values.stream().anyMatch(value -> mayBe(value, shared, other, one));
        }
        return shared.stream().anyMatch(type -> test(type, one, other));
    }

    /** Whether a value of {@code one} may have the shape {@code other}, too. */
    private boolean mayBe(JsonNode value, Set<Type> shared, Shape one, Shape other) {
        if (!shared.contains(Type.of(value))) {
            return false;
        }
        if (other.values != null) {
            return other.values.stream().anyMatch(each -> Values.equal(value, each));
        }
        return !value.isNumber()
                || Values.isBeyondAll(value)
                || (inside(value.decimalValue(), one) && inside(value.decimalValue(), other));
    }

    private static boolean inside(BigDecimal value, Shape shape) {
        return !isBelow(value, shape.minimum, shape.minimumExcluded)
                && (shape.maximum == null || !isBelow(value.negate(), shape.maximum.negate(), shape.maximumExcluded));
    }

    private static boolean isBelow(BigDecimal value, @Nullable BigDecimal bound, boolean excluded) {
        return bound != null && value.compareTo(bound) < (excluded ? 1 : 0);
    }

    private boolean test(Type type, Shape one, Shape other) {
        return switch (type) {
            case NULL, BOOLEAN -> true;
            case INTEGER, FRACTION ->
                !isBelow(one.maximum, one.maximumExcluded, other)
                        && !isBelow(other.maximum, other.maximumExcluded, one);
            case STRING -> one.maxLength >= other.minLength && other.maxLength >= one.minLength;
            case ARRAY -> one.maxItems >= other.minItems && other.maxItems >= one.minItems;
            case OBJECT -> objects(one, other);
        };
    }

    /** Whether all numbers up to {@code most} are too small for the shape. */
    private static boolean isBelow(@Nullable BigDecimal most, boolean excluded, Shape shape) {
        return most != null && isBelow(most, shape.minimum, shape.minimumExcluded || excluded);
    }

    /** Objects differ where a member that one of them must have cannot be the same in both. */
    private boolean objects(Shape one, Shape other) {
        Set<String> required = new LinkedHashSet<>(one.required);
        required.addAll(other.required);
        if (depth == MOST_DEPTH) {
            return true;
        }
        depth++;
        try {
            return required.stream()
                    .allMatch(name -> hasPatterns(one)
                            || hasPatterns(other)
                            || test(reader.apply(one.member(name)), reader.apply(other.member(name))));
        } finally {
            depth--;
        }
    }

    private static boolean hasPatterns(Shape shape) {
        return shape.objects.stream().anyMatch(members -> !members.patterns().isEmpty());
    }
}
