package smelt.server;

import java.util.Locale;
import java.util.function.Function;
import smelt.server.fields.Fields;
import tools.jackson.databind.JsonNode;

/**
 * Something that can be set, by a line of the file of settings or by an option of the command line.
 *
 * @param name in the file; also the option, behind two dashes, where {@code option} is the same
 * @param option on the command line
 * @param kind what it takes
 * @param usual what it is where nothing is said, for people
 * @param meaning one sentence
 */
public record Setting(String name, String option, Kind kind, String usual, String meaning) {
    /** What a setting takes. */
    public enum Kind {
        TEXT("TEXT"),
        FILE("FILE"),
        NUMBER("N"),
        /** {@code 30s}, {@code 5m}, or seconds. */
        DURATION("TIME"),
        /** {@code 20M}, or bytes. */
        SIZE("SIZE"),
        FLAG(""),
        /** Several; the option may be repeated. */
        TEXTS("TEXT"),
        /** Several of {@code name=value}; a map in the file. */
        PAIRS("NAME=VALUE");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** What the help shows behind the option. */
        public String label() {
            return label;
        }

        /** Whether the option may be repeated. */
        public boolean isMany() {
            return this == TEXTS || this == PAIRS;
        }
    }

    static Setting of(String name, Kind kind, String usual, String meaning) {
        return new Setting(name, "--" + name, kind, usual, meaning);
    }

    Setting withOption(String value) {
        return new Setting(name, value, kind, usual, meaning);
    }

    static String text(JsonNode value) {
        if (value.isContainer()) {
            throw new IllegalArgumentException("must be one value but is " + Fields.described(value));
        }
        return value.asString("");
    }

    static boolean flag(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        return switch (text(value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false but is " + Fields.described(value));
        };
    }

    static long number(JsonNode value, long least, long most) {
        long number;
        try {
            number = Long.parseLong(text(value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number but is " + Fields.described(value), e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "must be " + (most == Long.MAX_VALUE ? least + " or more" : "between " + least + " and " + most)
                            + " but is " + number);
        }
        return number;
    }

    /** A number and a unit; {@code factors} has the size of a unit, or throws. */
    static double quantity(JsonNode value, Function<String, Double> factors, String example) {
        String text = text(value).strip().toLowerCase(Locale.ROOT);
        int end = 0;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        try {
            double amount = Double.parseDouble(text.substring(0, end))
                    * factors.apply(text.substring(end).strip());
            if (amount >= 0 && amount <= Long.MAX_VALUE / 2.0) {
                return amount;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new IllegalArgumentException("must be like " + example + " but is " + Fields.described(value));
    }
}
