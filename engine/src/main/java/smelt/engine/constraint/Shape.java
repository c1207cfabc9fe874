package smelt.engine.constraint;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What several schemas without branches say together; filled by {@link ShapeReader}, then read. */
final class Shape {
    /** Those that the schemas allow. */
    final Set<Type> types = EnumSet.allOf(Type.class);
    /** Those that they speak of. */
    final Set<Type> mentioned = EnumSet.noneOf(Type.class);

    boolean typed;
    /** The only values; null for all. */
    @Nullable
    List<JsonNode> values;

    Located valuesAt = new Located(tools.jackson.databind.node.NullNode.getInstance(), "");

    int minLength;
    int maxLength = Integer.MAX_VALUE;

    @Nullable
    Located pattern;

    @Nullable
    Located format;

    @Nullable
    BigDecimal minimum;

    boolean minimumExcluded;

    @Nullable
    BigDecimal maximum;

    boolean maximumExcluded;

    int minItems;
    int maxItems = Integer.MAX_VALUE;
    final List<Items> arrays = new ArrayList<>();

    final List<Members> objects = new ArrayList<>();
    final Set<String> required = new LinkedHashSet<>();
    int minProperties;
    int maxProperties = Integer.MAX_VALUE;
    /** What says how many members there may be, and how they may be called. */
    @Nullable
    Located propertiesAt;

    final List<Located> propertyNames = new ArrayList<>();

    /**
     * What one schema says of items.
     *
     * @param first of the first items
     * @param rest of all others; null for anything
     */
    record Items(List<Located> first, @Nullable Located rest) {}

    /**
     * What one schema says of members.
     *
     * @param at the schema
     * @param named names in their order
     * @param patterns names by pattern
     * @param rest of all others; null for anything
     */
    record Members(
            Located at,
            List<String> named,
            List<String> patterns,
            @Nullable Located rest) {}

    Shape() {}

    Shape(Shape other) {
        types.retainAll(other.types);
        mentioned.addAll(other.mentioned);
        typed = other.typed;
        values = other.values == null ? null : new ArrayList<>(other.values);
        valuesAt = other.valuesAt;
        minLength = other.minLength;
        maxLength = other.maxLength;
        pattern = other.pattern;
        format = other.format;
        minimum = other.minimum;
        minimumExcluded = other.minimumExcluded;
        maximum = other.maximum;
        maximumExcluded = other.maximumExcluded;
        minItems = other.minItems;
        maxItems = other.maxItems;
        arrays.addAll(other.arrays);
        objects.addAll(other.objects);
        required.addAll(other.required);
        minProperties = other.minProperties;
        maxProperties = other.maxProperties;
        propertiesAt = other.propertiesAt;
        propertyNames.addAll(other.propertyNames);
    }

    /** Types of what is generated: where the schema names none, those whose keywords it uses. */
    Set<Type> generated() {
        Set<Type> all = EnumSet.copyOf(types);
        if (!typed && !mentioned.isEmpty() && values == null) {
            all.retainAll(mentioned);
        }
        return all;
    }

    void atLeast(BigDecimal bound, boolean excluded) {
        int order = minimum == null ? 1 : bound.compareTo(minimum);
        minimumExcluded = order > 0 ? excluded : order == 0 ? excluded || minimumExcluded : minimumExcluded;
        minimum = order > 0 ? bound : minimum;
    }

    void atMost(BigDecimal bound, boolean excluded) {
        int order = maximum == null ? -1 : bound.compareTo(maximum);
        maximumExcluded = order < 0 ? excluded : order == 0 ? excluded || maximumExcluded : maximumExcluded;
        maximum = order < 0 ? bound : maximum;
    }

    /** Only these values, of those that were allowed before. */
    void only(List<JsonNode> allowed, Located at) {
        valuesAt = at;
        List<JsonNode> before = values;
        values = before == null
                ? new ArrayList<>(allowed)
                : new ArrayList<>(before.stream()
                        .filter(value -> allowed.stream().anyMatch(other -> Values.equal(value, other)))
                        .toList());
    }

    /** What all schemas say of the member {@code name}. */
    List<Located> member(String name) {
        List<Located> all = new ArrayList<>();
        for (Members members : objects) {
            if (members.named.contains(name)) {
                all.add(members.at.child("properties", name));
            } else if (members.rest != null) {
                all.add(members.rest);
            }
        }
        return all;
    }

    /** Names of members in the order in which schemas name them, then those that are only required. */
    Set<String> names() {
        Set<String> all = new LinkedHashSet<>();
        objects.forEach(members -> all.addAll(members.named));
        all.addAll(required);
        return all;
    }

    /** What all schemas say of members that none of them names. */
    List<Located> otherMembers() {
        List<Located> all = new ArrayList<>();
        objects.forEach(members -> {
            if (members.rest != null) {
                all.add(members.rest);
            }
        });
        return all;
    }

    /** What all schemas say of the item {@code i}. */
    List<Located> item(int i) {
        List<Located> all = new ArrayList<>();
        for (Items items : arrays) {
            if (i < items.first.size()) {
                all.add(items.first.get(i));
            } else if (items.rest != null) {
                all.add(items.rest);
            }
        }
        return all;
    }

    /** How many first items differ from the rest. */
    int firstItems() {
        return arrays.stream().mapToInt(items -> items.first.size()).max().orElse(0);
    }
}
