package smelt.engine.constraint;

import java.math.BigDecimal;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.databind.JsonNode;

/**
 * A schema and where it stands.
 *
 * @param pointer from the root; empty for the root itself
 */
record Located(JsonNode node, String pointer) {
    /** Counts of characters, items and members beyond this mean no bound. */
    private static final int MOST_COUNT = 1 << 24;

    private static final int MOST_BOUND_DIGITS = 40;

    Located child(String keyword) {
        return new Located(node.path(keyword), pointer + "/" + escaped(keyword));
    }

    Located child(String keyword, String name) {
        return new Located(node.path(keyword).path(name), pointer + "/" + keyword + "/" + escaped(name));
    }

    /** The schemas in the array of this keyword. */
    List<Located> children(String keyword) {
        JsonNode array = node.path(keyword);
        if (!array.isArray() || array.isEmpty()) {
            throw invalid(keyword, "must be a list of schemas that is not empty");
        }
        return java.util.stream.IntStream.range(0, array.size())
                .mapToObj(i -> new Located(array.path(i), pointer + "/" + keyword + "/" + i))
                .toList();
    }

    boolean has(String keyword) {
        return node.has(keyword);
    }

    /** A count; {@code Integer.MAX_VALUE} for what is beyond all bounds. */
    int count(String keyword) {
        BigDecimal value = number(keyword);
        boolean whole = value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
        if (!whole || value.signum() < 0) {
            throw invalid(keyword, "must be a whole number of 0 or more");
        }
        return value.compareTo(BigDecimal.valueOf(MOST_COUNT)) > 0 ? Integer.MAX_VALUE : value.intValue();
    }

    BigDecimal number(String keyword) {
        JsonNode value = node.path(keyword);
        if (!value.isNumber() || Values.isBeyondAll(value)) {
            throw invalid(keyword, "must be a number, and one that can be read");
        }
        BigDecimal number = new BigDecimal(value.asString());
        if (number.precision() > MOST_BOUND_DIGITS || Math.abs((long) number.scale()) > MOST_BOUND_DIGITS) {
            throw unsupported(keyword, "with so many digits");
        }
        return number;
    }

    String text(String keyword) {
        JsonNode value = node.path(keyword);
        if (!value.isString()) {
            throw invalid(keyword, "must be a string");
        }
        return value.asString();
    }

    Failure invalid(String keyword, String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The schema's " + keyword + place() + " " + what);
    }

    Failure unsupported(String keyword, String how) {
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        "The schema's " + keyword + place() + (how.isEmpty() ? "" : " ") + how
                                + " cannot be a constraint")
                .withNextStep("leave it out, and check the answer for it afterwards");
    }

    private String place() {
        return " at " + (pointer.isEmpty() ? "the root" : pointer);
    }

    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
