package smelt.planner.measurement;

import java.util.Locale;

/** One run of {@code vllm bench serve} or {@code sglang.bench_serving}, as each saves it. */
final class BenchServe {
    private BenchServe() {}

    static Measurement read(Fields fields) {
        double completed = fields.number("completed");
        double failed = fields.number("failed", "failed_requests");
        if (Double.isNaN(failed) && fields.number("num_prompts") > completed) {
            failed = fields.number("num_prompts") - completed;
        }
        fields.requireFewFailures(failed, completed + failed);
        double ttft = fields.number("mean_ttft_ms");
        double tpot = fields.number("mean_tpot_ms");
        double output = fields.number("total_output_tokens", "total_generated_tokens") / completed;
        double users = fields.number("max_concurrency");
        // Little's law, where nothing bounds how many there are at a time
        double atOnce = fields.number("request_throughput") * (ttft + Math.max(0, output - 1) * tpot) / 1e3;
        String backend = fields.text("backend", "endpoint_type").toLowerCase(Locale.ROOT);
        return new Measurement(
                fields.model("model_id", "model", "tokenizer_id"),
                fields.device("gpu", "device", "hw"),
                fields.engine(backend.contains("sglang") ? "sglang" : backend.contains("trt") ? "trtllm" : "vllm"),
                fields.load(
                        fields.number("total_input_tokens") / completed,
                        output,
                        Double.isNaN(users) ? atOnce : Math.min(users, Math.max(completed, 1))),
                ttft,
                Math.round(output) <= 1 ? Double.NaN : tpot,
                fields.number("output_throughput"),
                "bench serve, " + fields.source());
    }
}
