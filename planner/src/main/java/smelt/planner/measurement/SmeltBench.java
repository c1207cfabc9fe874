package smelt.planner.measurement;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The report of {@code smelt bench --json}. */
final class SmeltBench {
    private static final Pattern PREFILL = Pattern.compile("prefill (\\d{1,9})");
    private static final Pattern DECODE = Pattern.compile("decode (\\d{1,9}) after (\\d{1,9})");

    private SmeltBench() {}

    /** Of prompts, and of answers of one user; those of crowds do not say how long they are. */
    static List<Measurement> read(Fields report) {
        List<Measurement> all = new ArrayList<>();
        for (JsonNode run : report.all("runs")) {
            Fields fields = report.of(run, fields(run));
            double rate = fields.number("tokens_per_second.median");
            Matcher prefill = PREFILL.matcher(fields.text("scenario"));
            Matcher decode = DECODE.matcher(fields.text("scenario"));
            if (prefill.matches() && rate > 0) {
                double tokens = Integer.parseInt(prefill.group(1));
                all.add(measurement(report, fields, tokens, 1, 1e3 * tokens / rate, Double.NaN, Double.NaN));
            } else if (decode.matches() && rate > 0) {
                double tokens = Integer.parseInt(decode.group(1));
                double depth = Math.max(1, Integer.parseInt(decode.group(2)));
                all.add(measurement(report, fields, depth, tokens, Double.NaN, 1e3 / rate, rate));
            }
        }
        if (all.isEmpty()) {
            throw report.malformed("has no run of prompts, or of answers, with a figure");
        }
        return all;
    }

    private static String fields(JsonNode run) {
        return run.path("scenario").asString("run without a name");
    }

    private static Measurement measurement(
            Fields report, Fields fields, double input, double output, double ttft, double tpot, double rate) {
        // the length is of this run, whatever the user says of others
        Given given = new Given("", "", "", "", 0);
        return new Measurement(
                report.model("model"),
                report.device("cpu"),
                report.engine("smelt"),
                new Fields(fields.json(), fields.source(), given).load(input, output, 1),
                ttft,
                tpot,
                rate,
                "smelt bench, " + fields.source());
    }
}
