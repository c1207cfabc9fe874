package smelt.engine.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Expr.Rule;
import tools.jackson.databind.JsonNode;

/**
 * JSON schemas in simplest terms. Schemas that hold together for one value (a member, an item) are one rule, whichever
 * way leads there, so that schemas may contain themselves. For one schema.
 */
final class SchemaLowering {
    private static final int MOST_RULES = 20_000;

    private final JsonText json;
    private final StringTexts strings;
    private final ShapeReader reader;
    private final ObjectTexts objects;
    private final Map<String, Rule> rules = new HashMap<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final JsonNode root;

    private record Pending(Rule rule, List<Located> schemas) {}

    SchemaLowering(JsonNode root, JsonText json) {
        this.root = root;
        this.json = json;
        strings = new StringTexts(json);
        reader = new ShapeReader(root, (some, others) -> overlap().test(some, others));
        objects = new ObjectTexts(this, json);
    }

    private Overlap overlap() {
        return new Overlap(reader::read);
    }

    /** @throws Failure with the pointer and the keyword of what is wrong, or not understood */
    Expr lower() {
        if (root.toString().length() > Limits.CHARS) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "The schema has more than " + Limits.CHARS + " characters");
        }
        Expr all = value(List.of(new Located(root, "")));
        while (!pending.isEmpty()) {
            Pending next = pending.remove();
            next.rule.define(Expr.choice(
                    reader.read(next.schemas).stream().map(this::texts).toList()));
        }
        return all;
    }

    /** What is valid under all of these schemas. */
    Expr value(List<Located> schemas) {
        if (schemas.isEmpty()) {
            return Expr.call(json.value);
        }
        String key = schemas.stream().map(Located::pointer).distinct().collect(Collectors.joining(" "));
        Rule known = rules.get(key);
        if (known == null) {
            if (rules.size() > MOST_RULES) {
                throw Limits.tooLarge();
            }
            known = new Rule(key);
            rules.put(key, known);
            pending.add(new Pending(known, schemas));
        }
        return Expr.call(known);
    }

    /** The names that are valid under all of these schemas. */
    Expr names(List<Located> schemas) {
        List<Expr> choices = new ArrayList<>();
        for (Shape shape : reader.read(schemas)) {
            shape.types.retainAll(EnumSet.of(Type.STRING));
            shape.mentioned.clear();
            choices.add(texts(shape));
        }
        return Expr.choice(choices);
    }

    private Expr texts(Shape shape) {
        List<JsonNode> values = shape.values;
        if (values != null) {
            List<JsonNode> valid = values.stream()
                    .filter(value -> shape.types.contains(Type.of(value)) && isValid(value, shape))
                    .toList();
            return valid.isEmpty() ? Expr.NEVER : Values.anyOf(valid, shape.valuesAt);
        }
        Set<Type> types = shape.generated();
        if (types.size() == Type.values().length && shape.mentioned.isEmpty()) {
            return Expr.call(json.value);
        }
        boolean fractions = types.contains(Type.FRACTION);
        List<Expr> choices = new ArrayList<>();
        for (Type type : types) {
            if (type != Type.INTEGER || !fractions) {
                choices.add(texts(type, shape));
            }
        }
        return Expr.choice(choices);
    }

    private Expr texts(Type type, Shape shape) {
        boolean bounded = shape.minimum != null || shape.maximum != null;
        return switch (type) {
            case NULL -> Expr.text("null");
            case BOOLEAN -> Expr.choice(Expr.text("true"), Expr.text("false"));
            case INTEGER -> bounded ? NumberTexts.integers(shape) : Expr.call(json.integer);
            case FRACTION -> bounded ? NumberTexts.numbers(shape) : Expr.call(json.number);
            case STRING -> strings.of(shape);
            case ARRAY -> array(shape);
            case OBJECT -> objects.of(shape);
        };
    }

    /** Whether a value that a schema names is valid under what other keywords say. */
    private boolean isValid(JsonNode value, Shape shape) {
        return switch (Type.of(value)) {
            case NULL, BOOLEAN -> true;
            case INTEGER, FRACTION -> isInside(value, shape);
            case STRING -> isValid(value.asString(), shape);
            case ARRAY -> {
                if (shape.mentioned.contains(Type.ARRAY)) {
                    throw shape.valuesAt.unsupported("list", "beside other keywords of arrays");
                }
                yield true;
            }
            case OBJECT -> {
                if (shape.mentioned.contains(Type.OBJECT)) {
                    throw shape.valuesAt.unsupported("object", "beside other keywords of objects");
                }
                yield true;
            }
        };
    }

    private static boolean isInside(JsonNode value, Shape shape) {
        if (Values.isBeyondAll(value)) {
            return false;
        }
        int least = shape.minimum == null ? 1 : value.decimalValue().compareTo(shape.minimum);
        int most = shape.maximum == null ? -1 : value.decimalValue().compareTo(shape.maximum);
        return least >= (shape.minimumExcluded ? 1 : 0) && most <= (shape.maximumExcluded ? -1 : 0);
    }

    private boolean isValid(String value, Shape shape) {
        int length = value.codePointCount(0, value.length());
        if (length < shape.minLength || length > shape.maxLength) {
            return false;
        }
        return (shape.pattern == null && shape.format == null)
                || Automaton.accepts(strings.of(shape), Values.quoted(value, shape.valuesAt));
    }

    private Expr array(Shape shape) {
        int most = shape.maxItems;
        if (shape.minItems > most) {
            return Expr.NEVER;
        }
        int first = Math.min(shape.firstItems(), most);
        Expr rest = value(shape.item(shape.firstItems()));
        if (first == 0) {
            return Expr.sequence(Expr.text("["), list(rest, shape.minItems, most), Expr.text("]"));
        }
        Expr items = new Expr.Repeat(
                Expr.sequence(JsonText.COMMA, rest),
                Math.max(0, shape.minItems - first),
                most == Integer.MAX_VALUE ? most : most - first);
        for (int i = first - 1; i >= 0; i--) {
            Expr item = Expr.sequence(i == 0 ? Expr.EMPTY : JsonText.COMMA, value(shape.item(i)), items);
            items = i < shape.minItems ? item : Expr.optional(item);
        }
        return Expr.sequence(Expr.text("["), items, Expr.text("]"));
    }

    /** So many of the same with commas between. */
    static Expr list(Expr item, int least, int most) {
        if (most == 0) {
            return Expr.EMPTY;
        }
        Expr more = new Expr.Repeat(
                Expr.sequence(JsonText.COMMA, item),
                Math.max(0, least - 1),
                most == Integer.MAX_VALUE ? most : most - 1);
        Expr some = Expr.sequence(item, more);
        return least == 0 ? Expr.optional(some) : some;
    }
}
