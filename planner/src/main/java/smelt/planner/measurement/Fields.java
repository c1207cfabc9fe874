package smelt.planner.measurement;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.time.Engine;
import smelt.planner.time.Load;
import tools.jackson.databind.JsonNode;

/** Values of one result in a file; a path is names joined by dots. */
record Fields(JsonNode json, String source, Given given) {
    private static final int MOST_TEXT = 1000;

    /** The first of these that there is; empty for none. */
    String text(String... paths) {
        for (String path : paths) {
            JsonNode node = at(path);
            node = node.isArray() && !node.isEmpty() ? node.get(0) : node;
            if (node.isString() && !node.asString().isBlank()) {
                String text = node.asString().strip();
                return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT);
            }
        }
        return "";
    }

    /** The first of these that is a number; NaN for none. */
    double number(String... paths) {
        for (String path : paths) {
            JsonNode node = at(path);
            node = node.isArray() && node.size() == 1 ? node.get(0) : node;
            if (node.isNumber() && !Double.isNaN(node.asDouble())) {
                return node.asDouble();
            }
        }
        return Double.NaN;
    }

    private JsonNode at(String path) {
        JsonNode node = json;
        for (String name : path.split("\\.")) {
            node = node.path(name);
        }
        return node;
    }

    boolean has(String path) {
        return !at(path).isMissingNode() && !at(path).isNull();
    }

    /** The same of a part. */
    Fields of(JsonNode part, String where) {
        return new Fields(part, source + ", " + where, given);
    }

    List<JsonNode> all(String path) {
        JsonNode node = at(path);
        return node.isArray() ? node.valueStream().toList() : List.of();
    }

    String model(String... paths) {
        String model = given.model().isBlank() ? text(paths) : given.model();
        if (model.isBlank()) {
            throw malformed("does not say which model was measured").withNextStep("say which model it was");
        }
        return model;
    }

    String device(String... paths) {
        return given.device().isBlank() ? text(paths) : given.device();
    }

    Engine engine(String usual) {
        return new Engine(given.engine().isBlank() ? usual : given.engine(), given.version());
    }

    /** A load of these mean lengths and requests at a time. */
    Load load(double input, double output, double users) {
        double prompt = given.input() > 0 ? given.input() : input;
        return new Load(
                count(prompt, "tokens of prompts"),
                count(output, "tokens of answers"),
                count(Math.max(1, users), "requests at a time"),
                0);
    }

    private int count(double value, String what) {
        long rounded = Math.round(value);
        if (Double.isNaN(value) || rounded < 1 || rounded > 1 << 28) {
            throw malformed(
                    Double.isNaN(value)
                            ? "does not say how many " + what + " there were"
                            : "says that there were " + value + " " + what);
        }
        return (int) rounded;
    }

    /** A result of requests that failed says little of those that did not. */
    void requireFewFailures(double failed, double all) {
        // a file that counts failures but not requests tells nothing of their share
        if (failed > 0 && !(failed <= 0.01 * all)) {
            String of = Double.isNaN(all) ? "" : " of " + Math.round(all);
            throw malformed("tells that " + Math.round(failed) + of + " requests failed")
                    .withNextStep("measure again: who fails early makes room for the others");
        }
    }

    Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "The result in " + source + " " + what);
    }
}
