package smelt.engine.constraint;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.databind.JsonNode;

/** Reads schemas that hold together into shapes, one for each way through their branches. */
final class ShapeReader {
    private static final int MOST_SHAPES = 512;
    private static final int MOST_REFERENCES = 256;
    private static final int MOST_STEPS = 200_000;

    /** Keywords that say something of values which is not understood here. */
    private static final List<String> REFUSED = List.of(
            "not",
            "if",
            "multipleOf",
            "divisibleBy",
            "contains",
            "unevaluatedProperties",
            "unevaluatedItems",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "extends",
            "disallow",
            "$dynamicRef",
            "$recursiveRef");

    private final JsonNode root;
    private final String base;
    private final BiPredicate<List<Shape>, List<Shape>> overlap;
    /** Pointers of schemas whose oneOf was looked at. */
    private final Set<String> apart = new HashSet<>();

    private int steps;

    /** @param overlap whether a value may have one of the first shapes and one of the second ones */
    ShapeReader(JsonNode root, BiPredicate<List<Shape>, List<Shape>> overlap) {
        this.root = root;
        this.overlap = overlap;
        base = root.path("$id").isString() ? root.path("$id").asString().replaceFirst("#$", "") : "";
    }

    /** A schema that is still to be read, and the references that led to it. */
    private record Open(Located schema, @Nullable Trail trail) {}

    private record Trail(String pointer, @Nullable Trail before, int length) {}

    /** What values that are valid under all of these schemas look like. */
    List<Shape> read(List<Located> schemas) {
        List<Shape> shapes = new ArrayList<>();
        List<Open> open = new ArrayList<>();
        schemas.reversed().forEach(schema -> open.add(new Open(schema, null)));
        read(open, new Shape(), shapes);
        return shapes;
    }

    /** Reads what is open, last first, into {@code shape}. */
    private void read(List<Open> open, Shape shape, List<Shape> shapes) {
        while (!open.isEmpty()) {
            Open next = open.removeLast();
            Located schema = next.schema;
            if (++steps > MOST_STEPS) {
                throw Limits.tooLarge();
            }
            if (schema.node().isBoolean()) {
                if (!schema.node().booleanValue()) {
                    return;
                }
                continue;
            }
            if (!schema.node().isObject()) {
                throw schema.invalid("value", "is no schema: schemas are objects, true or false");
            }
            refuse(schema);
            List<Open> together = new ArrayList<>();
            if (schema.has("$ref")) {
                together.add(follow(next));
            }
            if (schema.has("allOf")) {
                schema.children("allOf").forEach(each -> together.add(new Open(each, next.trail)));
            }
            Keywords.read(schema, shape);
            together.reversed().forEach(open::add);
            if (schema.has("anyOf") || schema.has("oneOf")) {
                branch(next, open, shape, shapes);
                return;
            }
        }
        shapes.add(shape);
        if (shapes.size() > MOST_SHAPES) {
            throw Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            "The schema has more than " + MOST_SHAPES + " branches together")
                    .withNextStep("put fewer anyOf and oneOf beside each other");
        }
    }

    private void branch(Open next, List<Open> open, Shape shape, List<Shape> shapes) {
        Located schema = next.schema;
        List<Located> first = schema.children(schema.has("anyOf") ? "anyOf" : "oneOf");
        boolean both = schema.has("anyOf") && schema.has("oneOf");
        if (schema.has("oneOf")) {
            requireApart(schema);
        }
        for (Located branch : first) {
            List<Open> rest = new ArrayList<>(open);
            if (both) {
                var other = new Located(onlyOneOf(schema), schema.pointer());
                rest.add(new Open(other, next.trail));
            }
            rest.add(new Open(branch, next.trail));
            if (rest.size() > Limits.PLACES) {
                throw Limits.tooLarge();
            }
            read(rest, new Shape(shape), shapes);
        }
    }

    private static JsonNode onlyOneOf(Located schema) {
        return tools.jackson.databind.node.JsonNodeFactory.instance
                .objectNode()
                .set("oneOf", schema.node().path("oneOf"));
    }

    /** Values that fit two branches fit none: such branches cannot be told from anyOf. */
    private void requireApart(Located schema) {
        if (!apart.add(schema.pointer())) {
            return;
        }
        List<Located> branches = schema.children("oneOf");
        List<List<Shape>> shapes =
                branches.stream().map(branch -> read(List.of(branch))).toList();
        for (int i = 0; i < shapes.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (overlap.test(shapes.get(j), shapes.get(i))) {
                    throw schema.unsupported(
                                    "oneOf", "(a value might fit both of its branches " + j + " and " + i + ")")
                            .withNextStep("write anyOf, or give the branches a required member of different constants");
                }
            }
        }
    }

    private Open follow(Open from) {
        String reference = from.schema.text("$ref");
        String local =
                !base.isEmpty() && reference.startsWith(base + "#") ? reference.substring(base.length()) : reference;
        if (!local.equals("#") && !local.startsWith("#/")) {
            throw from.schema.unsupported("$ref", "to " + reference + ", which is not of the form #/...,");
        }
        String pointer = decoded(local.substring(1), from.schema);
        Located target = find(pointer, from.schema);
        Trail trail = from.trail;
        for (Trail at = trail; at != null; at = at.before) {
            if (at.pointer.equals(pointer)) {
                throw from.schema.invalid("$ref", "leads back to itself");
            }
        }
        int length = trail == null ? 1 : trail.length + 1;
        if (length > MOST_REFERENCES) {
            throw from.schema.invalid("$ref", "leads through more than " + MOST_REFERENCES + " references");
        }
        return new Open(target, new Trail(pointer, trail, length));
    }

    private static String decoded(String pointer, Located at) {
        try {
            return URLDecoder.decode(pointer.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw at.invalid("$ref", "is no JSON pointer").withCause(e);
        }
    }

    private Located find(String pointer, Located at) {
        JsonNode node = root;
        for (String part :
                pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
            String name = part.replace("~1", "/").replace("~0", "~");
            node = node.isArray() && name.matches("[0-9]{1,9}") ? node.path(Integer.parseInt(name)) : node.path(name);
        }
        if (node.isMissingNode()) {
            throw at.invalid("$ref", "leads to #" + pointer + ", where nothing is");
        }
        return new Located(node, pointer);
    }

    private static void refuse(Located schema) {
        for (String keyword : REFUSED) {
            if (schema.has(keyword)) {
                throw schema.unsupported(keyword, "");
            }
        }
    }

    /** The keywords that speak of values. */
    static final class Keywords {
        private Keywords() {}

        static void read(Located schema, Shape shape) {
            types(schema, shape);
            values(schema, shape);
            StringAndNumberKeywords.read(schema, shape);
            arrays(schema, shape);
            objects(schema, shape);
        }

        private static void types(Located schema, Shape shape) {
            if (!schema.has("type")) {
                return;
            }
            JsonNode type = schema.node().path("type");
            Set<Type> named = EnumSet.noneOf(Type.class);
            Iterable<JsonNode> names = type.isArray() ? type : List.of(type);
            for (JsonNode name : names) {
                Set<Type> one = name.isString() ? Type.named(name.asString()) : Set.of();
                if (one.isEmpty()) {
                    throw schema.invalid("type", "is " + name + ", which is no type");
                }
                named.addAll(one);
            }
            shape.typed = true;
            shape.types.retainAll(named);
        }

        private static void values(Located schema, Shape shape) {
            if (schema.has("const")) {
                shape.only(List.of(schema.node().path("const")), schema.child("const"));
            }
            if (schema.has("enum")) {
                JsonNode values = schema.node().path("enum");
                if (!values.isArray()) {
                    throw schema.invalid("enum", "must be a list");
                }
                List<JsonNode> all = new ArrayList<>();
                values.forEach(all::add);
                shape.only(all, schema.child("enum"));
            }
        }

        private static void arrays(Located schema, Shape shape) {
            if (schema.node().path("uniqueItems").asBoolean(false)) {
                shape.mentioned.add(Type.ARRAY);
                if (!schema.has("maxItems") || schema.count("maxItems") > 1) {
                    throw schema.unsupported("uniqueItems", "");
                }
            }
            if (schema.has("minItems")) {
                shape.mentioned.add(Type.ARRAY);
                shape.minItems = Math.max(shape.minItems, schema.count("minItems"));
            }
            if (schema.has("maxItems")) {
                shape.mentioned.add(Type.ARRAY);
                shape.maxItems = Math.min(shape.maxItems, schema.count("maxItems"));
            }
            boolean old = schema.node().path("items").isArray();
            String first = old ? "items" : "prefixItems";
            String rest = old ? "additionalItems" : "items";
            if (schema.has("items") || schema.has("prefixItems")) {
                shape.mentioned.add(Type.ARRAY);
                List<Located> firsts =
                        schema.has(first) && !schema.node().path(first).isEmpty() ? schema.children(first) : List.of();
                shape.arrays.add(new Shape.Items(firsts, schema.has(rest) ? schema.child(rest) : null));
            }
        }

        private static void objects(Located schema, Shape shape) {
            for (String keyword : List.of(
                    "properties",
                    "patternProperties",
                    "additionalProperties",
                    "required",
                    "minProperties",
                    "maxProperties",
                    "propertyNames")) {
                if (schema.has(keyword)) {
                    shape.mentioned.add(Type.OBJECT);
                }
            }
            // old drafts have a boolean of this name in the member's own schema
            if (schema.node().path("required").isArray()) {
                schema.node().path("required").forEach(name -> {
                    if (!name.isString()) {
                        throw schema.invalid("required", "must be a list of names");
                    }
                    shape.required.add(name.asString());
                });
            } else if (schema.has("required")) {
                throw schema.unsupported("required", "that is no list of names");
            }
            if (schema.has("minProperties") || schema.has("maxProperties")) {
                shape.propertiesAt = schema;
                shape.minProperties =
                        Math.max(shape.minProperties, schema.has("minProperties") ? schema.count("minProperties") : 0);
                shape.maxProperties = Math.min(
                        shape.maxProperties,
                        schema.has("maxProperties") ? schema.count("maxProperties") : Integer.MAX_VALUE);
            }
            if (schema.has("propertyNames")) {
                shape.propertyNames.add(schema.child("propertyNames"));
            }
            members(schema, shape);
        }

        private static void members(Located schema, Shape shape) {
            List<String> named = names(schema, "properties");
            List<String> patterns = names(schema, "patternProperties");
            boolean some = schema.has("additionalProperties");
            if (some || !named.isEmpty() || !patterns.isEmpty()) {
                Located rest = some ? schema.child("additionalProperties") : null;
                shape.objects.add(new Shape.Members(schema, named, patterns, rest));
            }
        }

        private static List<String> names(Located schema, String keyword) {
            JsonNode members = schema.node().path(keyword);
            if (schema.has(keyword) && !members.isObject()) {
                throw schema.invalid(keyword, "must be an object of schemas");
            }
            return List.copyOf(new LinkedHashSet<>(members.propertyNames()));
        }
    }
}
