package smelt.planner.measurement;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;

/** The summary that MLPerf's LoadGen writes of one run. */
final class LoadGenSummary {
    private static final int MOST_LINES = 10_000;

    private LoadGenSummary() {}

    static List<Measurement> read(String text, String name, Given given) {
        Map<String, String> lines = new HashMap<>();
        text.lines().limit(MOST_LINES).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.putIfAbsent(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        });
        Fields fields = new Fields(JsonNodeFactory.instance.objectNode(), name, given);
        if (!"VALID".equals(lines.get("result is"))) {
            throw fields.malformed("is not valid, as LoadGen itself says: '" + lines.get("result is") + "'");
        }
        double tokens = number(fields, lines, "completed tokens per second", "tokens per second");
        double samples = number(fields, lines, "completed samples per second", "samples per second");
        double latency = number(fields, lines, "mean latency (ns)") / 1e9;
        return List.of(new Measurement(
                fields.model(),
                fields.device(),
                fields.engine(""),
                fields.load(Double.NaN, tokens / samples, samples * latency),
                number(fields, lines, "mean first token latency (ns)") / 1e6,
                number(fields, lines, "mean time per output token (ns)", "mean time to output token (ns)") / 1e6,
                tokens,
                "LoadGen, " + lines.get("scenario") + ", " + name));
    }

    private static double number(Fields fields, Map<String, String> lines, String... names) {
        for (String name : names) {
            String value = lines.get(name);
            if (value != null) {
                try {
                    return Double.parseDouble(value);
                } catch (NumberFormatException e) {
                    throw fields.malformed("has '" + value + "' for " + name);
                }
            }
        }
        return Double.NaN;
    }
}
