package smelt.planner.measurement;

/** One run of AIPerf, or of GenAI-Perf before it. */
final class AiPerf {
    private AiPerf() {}

    static Measurement read(Fields fields) {
        double answered = fields.number("request_count.avg");
        double failed = fields.number("error_request_count.avg");
        fields.requireFewFailures(failed, answered + failed);
        double users = fields.number(
                "input_config.loadgen.concurrency",
                "input_config.concurrency",
                "input_config.perf_analyzer.stimulus.concurrency");
        double atOnce = fields.number("request_throughput.avg") * millis(fields, "request_latency") / 1e3;
        return new Measurement(
                fields.model("input_config.endpoint.model_names", "input_config.model_names", "input_config.model"),
                fields.device(),
                fields.engine("vllm"),
                fields.load(
                        fields.number("input_sequence_length.avg"),
                        fields.number("output_sequence_length.avg"),
                        Double.isNaN(users) ? atOnce : users),
                millis(fields, "time_to_first_token"),
                millis(fields, "inter_token_latency"),
                fields.number("output_token_throughput.avg"),
                "AIPerf, " + fields.source());
    }

    private static double millis(Fields fields, String metric) {
        double value = fields.number(metric + ".avg");
        return switch (fields.text(metric + ".unit")) {
            case "", "ms" -> value;
            case "s", "sec" -> value * 1e3;
            case "us" -> value / 1e3;
            case "ns" -> value / 1e6;
            default -> throw fields.malformed("has " + metric + " in a unit that is not known");
        };
    }
}
