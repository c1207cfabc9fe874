package smelt.planner.measurement;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A report of GuideLLM: one or more loads on one server. */
final class GuideLlm {
    private GuideLlm() {}

    static List<Measurement> read(Fields report) {
        List<Measurement> all = new ArrayList<>();
        List<JsonNode> benchmarks = report.all("benchmarks");
        for (int i = 0; i < benchmarks.size(); i++) {
            all.add(one(report, report.of(benchmarks.get(i), "benchmark " + (i + 1))));
        }
        if (all.isEmpty()) {
            throw report.malformed("has no benchmark");
        }
        return all;
    }

    private static Measurement one(Fields report, Fields fields) {
        double answered = fields.number("metrics.request_totals.successful", "request_totals.successful");
        double failed = fields.number("metrics.request_totals.errored", "request_totals.errored");
        fields.requireFewFailures(failed, answered + failed);
        String model = fields.text(
                "worker.backend_model",
                "backend.model",
                "config.backend.model",
                "benchmarker.backend.model",
                "args.model");
        String named = model.isEmpty() ? report.text("args.model", "metadata.model") : model;
        return new Measurement(
                named.isEmpty() || !fields.given().model().isBlank() ? fields.model() : named,
                fields.device(),
                fields.engine("vllm"),
                fields.load(
                        mean(fields, "prompt_token_count"),
                        mean(fields, "output_token_count"),
                        mean(fields, "request_concurrency")),
                mean(fields, "time_to_first_token_ms"),
                mean(fields, "inter_token_latency_ms"),
                mean(fields, "output_tokens_per_second"),
                "GuideLLM, " + fields.source());
    }

    private static double mean(Fields fields, String metric) {
        double value = fields.number("metrics." + metric + ".successful.mean", "metrics." + metric + ".mean");
        return value == 0 ? Double.NaN : value;
    }
}
