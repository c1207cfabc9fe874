package smelt.server.fields;

import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A field of a request.
 *
 * @param required whether a request without it is refused
 * @param kind what JSON it may be
 * @param note for the documentation: range and meaning, or why it is ignored or refused
 * @param harmless values of a refused field that ask for nothing
 * @param code what programs may match on where it is refused
 * @param bounds of its values
 */
public record Field(
        String name,
        Use use,
        boolean required,
        Kind kind,
        String note,
        Predicate<JsonNode> harmless,
        String code,
        Bounds bounds) {
    private static final String UNSUPPORTED = "unsupported_parameter";

    /**
     * What values a field may have; what reads the field refuses others.
     *
     * @param least of a number; minus infinity for none
     * @param most of a number; infinity for none
     * @param texts all that there are; none: any
     */
    public record Bounds(double least, double most, List<String> texts) {
        static final Bounds NONE = new Bounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, List.of());
    }

    /** With a number between these two. */
    public Field between(double least, double most) {
        return new Field(name, use, required, kind, note, harmless, code, new Bounds(least, most, List.of()));
    }

    public Field atLeast(double least) {
        return between(least, Double.POSITIVE_INFINITY);
    }

    /** With one of these texts. */
    public Field oneOf(String... texts) {
        Bounds any = Bounds.NONE;
        return new Field(
                name, use, required, kind, note, harmless, code, new Bounds(any.least, any.most, List.of(texts)));
    }

    /** With another code than others that are refused. */
    public Field withCode(String other) {
        return new Field(name, use, required, kind, note, harmless, other, bounds);
    }

    /** What becomes of a field. */
    public enum Use {
        SUPPORTED,
        /** Accepted, whatever it says; changes nothing. */
        IGNORED,
        /** 400, unless it asks for nothing. */
        REFUSED
    }

    /** What JSON it may be. */
    public enum Kind {
        STRING("a string"),
        INTEGER("a whole number"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        ARRAY("an array"),
        OBJECT("an object"),
        /** One or several. */
        STRINGS("a string or an array of strings"),
        /** What people write down as a text or as a number. */
        VALUE("a string or a number"),
        /** One or several. */
        VALUES("a string, a number, or an array of these"),
        /** Token ids. */
        IDS("an array of token ids"),
        /** One prompt or several, each as text or as ids. */
        PROMPTS("a string, an array of strings, an array of token ids, or an array of arrays of token ids"),
        ANY("any value");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }

        boolean fits(JsonNode value) {
            return switch (this) {
                case STRING -> value.isString();
                case INTEGER -> value.isIntegralNumber() || (value.isNumber() && isWhole(value.doubleValue()));
                case NUMBER -> value.isNumber();
                case BOOLEAN -> value.isBoolean();
                case ARRAY -> value.isArray();
                case OBJECT -> value.isObject();
                case STRINGS ->
                    value.isString() || (value.isArray() && value.valueStream().allMatch(JsonNode::isString));
                case VALUE -> isValue(value);
                case VALUES ->
                    isValue(value) || (value.isArray() && value.valueStream().allMatch(Kind::isValue));
                case IDS -> areIds(value);
                case PROMPTS ->
                    STRINGS.fits(value)
                            || areIds(value)
                            || (value.isArray() && value.valueStream().allMatch(Kind::areIds));
                case ANY -> true;
            };
        }

        private static boolean isValue(JsonNode value) {
            return value.isString() || value.isNumber();
        }

        private static boolean areIds(JsonNode value) {
            return value.isArray() && value.valueStream().allMatch(id -> id.isInt() && id.intValue() >= 0);
        }

        private static boolean isWhole(double value) {
            return value == Math.rint(value) && Math.abs(value) <= 1L << 53;
        }
    }

    public static Field supported(String name, Kind kind, String note) {
        return new Field(name, Use.SUPPORTED, false, kind, note, value -> true, UNSUPPORTED, Bounds.NONE);
    }

    /** Supported, and never missing. */
    public static Field required(String name, Kind kind, String note) {
        return new Field(name, Use.SUPPORTED, true, kind, note, value -> true, UNSUPPORTED, Bounds.NONE);
    }

    public static Field ignored(String name, Kind kind, String note) {
        return new Field(name, Use.IGNORED, false, kind, note, value -> true, UNSUPPORTED, Bounds.NONE);
    }

    /** @param harmless values that ask for nothing, and pass */
    public static Field refused(String name, Kind kind, String note, Predicate<JsonNode> harmless) {
        return new Field(name, Use.REFUSED, false, kind, note, harmless, UNSUPPORTED, Bounds.NONE);
    }

    public static Field refused(String name, Kind kind, String note) {
        return refused(name, kind, note, value -> false);
    }
}
