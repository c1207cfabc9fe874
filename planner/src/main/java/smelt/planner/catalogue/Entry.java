package smelt.planner.catalogue;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import tools.jackson.databind.JsonNode;

/** One object of a catalogue file; failures say which one and which of its fields. */
final class Entry {
    private final JsonNode node;
    private final String place;
    private final Origins origins;

    Entry(JsonNode node, String place, Origins origins) {
        this.place = place;
        if (!node.isObject()) {
            throw Failure.of(FailureCode.MALFORMED, place + " must be an object but is " + shown(node));
        }
        this.node = node;
        this.origins = node.has("origin") ? new Origins.OfFile(origin(node.path("origin"), origins)) : origins;
    }

    private Origins.Origin origin(JsonNode said, Origins outer) {
        if (!said.isObject()) {
            throw wrong("origin", "must be an object but is " + shown(said));
        }
        Optional<Origins.Origin> former = outer.fallback();
        for (String field : said.propertyNames()) {
            if (!Set.of("tier", "source", "date", "value").contains(field)) {
                throw wrong(field, "is not known; an origin has tier, source and date");
            }
        }
        return new Origins.Origin(
                said.has("tier")
                        ? constant("tier", said.path("tier").asString(""), Tier.class)
                        : former.map(Origins.Origin::tier).orElseThrow(() -> wrong("tier", "is missing")),
                said.has("source")
                        ? said.path("source").asString("")
                        : former.map(Origins.Origin::source).orElseThrow(() -> wrong("source", "is missing")),
                said.has("date")
                        ? date(said.path("date").asString(""))
                        : former.map(Origins.Origin::date).orElseThrow(() -> wrong("date", "is missing")));
    }

    private LocalDate date(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw wrong("date", "must be a date such as 2026-11-15 but is " + Names.quoted(text));
        }
    }

    /** Refuses fields that nobody reads: they are slips of the pen. */
    void allow(Set<String> known) {
        for (String field : node.propertyNames()) {
            if (!known.contains(field)) {
                throw wrong(
                        Names.quoted(field),
                        "is not known; the nearest is "
                                + NearestNames.to(field, known, 1).getFirst());
            }
        }
    }

    boolean has(String field) {
        return node.has(field) && !node.path(field).isNull();
    }

    List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    String text(String field) {
        JsonNode value = node.path(field);
        if (!value.isString() || value.asString().isBlank()) {
            throw wrong(field, "must be a text but is " + shown(value));
        }
        return value.asString();
    }

    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(field)) {
            if (!value.isString()) {
                throw wrong(field, "must be a list of texts but has " + shown(value));
            }
            texts.add(value.asString());
        }
        return texts;
    }

    int count(String field, int least, int most) {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw wrong(field, "must be a whole number from " + least + " to " + most + " but is " + shown(value));
        }
        return value.intValue();
    }

    /** Entries of a list, named by their {@code name} or place. */
    List<Entry> entries(String field) {
        List<Entry> entries = new ArrayList<>();
        int index = 0;
        for (JsonNode value : array(field)) {
            String name = value.path("name").isString()
                    ? " " + Names.quoted(value.path("name").asString())
                    : "[" + index + "]";
            entries.add(new Entry(value, place + ", " + field + name, origins));
            index++;
        }
        return entries;
    }

    private Iterable<JsonNode> array(String field) {
        if (!has(field)) {
            return List.of();
        }
        if (!node.path(field).isArray()) {
            throw wrong(field, "must be a list but is " + shown(node.path(field)));
        }
        return node.path(field).values();
    }

    Entry inner(String field) {
        return new Entry(node.path(field), place + ", " + field, origins);
    }

    <E extends Enum<E>> E constant(String field, Class<E> type) {
        return constant(field, text(field), type);
    }

    /** The constant that a field's own name says. */
    <E extends Enum<E>> E asConstant(String field, Class<E> type) {
        return constant(field, field, type);
    }

    private <E extends Enum<E>> E constant(String field, String text, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(c -> c.name().equalsIgnoreCase(text.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> {
                    Set<String> names = new TreeSet<>();
                    for (E constant : type.getEnumConstants()) {
                        names.add(constant.name().toLowerCase(Locale.ROOT));
                    }
                    return wrong(field, "must be one of " + String.join(", ", names) + " but is " + Names.quoted(text));
                });
    }

    Device device(Function<String, Device> known) {
        try {
            return known.apply(text("device"));
        } catch (Failure e) {
            throw e.in(place);
        }
    }

    /** A figure above zero and at most {@code most}, times {@code unit}. */
    Figure above(String field, double unit, double most) {
        Figure figure = notBelowZero(field, unit, most);
        if (figure.value() == 0) {
            throw wrong(field, "must be above 0");
        }
        return figure;
    }

    Figure notBelowZero(String field, double unit, double most) {
        if (!has(field)) {
            throw wrong(field, "is missing");
        }
        JsonNode said = node.path(field);
        JsonNode number = said.isObject() ? said.path("value") : said;
        double value = number.isNumber() ? number.doubleValue() : Double.NaN;
        if (!(value >= 0 && value <= most)) {
            throw wrong(field, "must be a number from 0 to " + most + " but is " + shown(said));
        }
        Origins.Origin origin = said.isObject()
                ? origin(said, origins)
                : origins.fallback().orElseThrow(() -> wrong(field, "has no source, date and tier"));
        return new Figure(value * unit, origin.tier(), origin.source(), origin.date());
    }

    Failure wrong(String field, String what) {
        return Failure.of(FailureCode.MALFORMED, place + ": " + field + " " + what);
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "missing" : Names.quoted(node.toString());
    }
}
