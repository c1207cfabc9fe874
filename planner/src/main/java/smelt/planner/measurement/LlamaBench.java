package smelt.planner.measurement;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Runs of llama-bench: prompts and answers of one user, each measured by itself. */
final class LlamaBench {
    private LlamaBench() {}

    static List<Measurement> read(Fields file) {
        List<Measurement> all = new ArrayList<>();
        for (JsonNode run : file.json().valueStream().toList()) {
            all.add(one(file.of(run, "run " + (all.size() + 1))));
        }
        if (all.isEmpty()) {
            throw file.malformed("has no run");
        }
        return all;
    }

    private static Measurement one(Fields fields) {
        double rate = fields.number("avg_ts");
        double prompt = fields.number("n_prompt");
        double answer = fields.number("n_gen");
        double depth = fields.number("n_depth");
        if (!(rate > 0) || !(prompt >= 0) || !(answer >= 0)) {
            throw fields.malformed("has no avg_ts, n_prompt or n_gen, as llama-bench writes them");
        }
        // of both together nobody knows which took how long
        boolean both = prompt > 0 && answer > 0;
        double seconds = (prompt + answer) / rate;
        double before = Double.isNaN(depth) ? 0 : depth;
        return new Measurement(
                fields.model("model_filename", "model_type"),
                fields.device("gpu_info", "cpu_info"),
                fields.engine("llama.cpp"),
                fields.load(Math.max(1, prompt + before), Math.max(1, answer), 1),
                answer == 0 ? 1e3 * seconds : Double.NaN,
                prompt == 0 ? 1e3 / rate : Double.NaN,
                both ? answer / seconds : answer > 0 ? rate : Double.NaN,
                "llama-bench " + fields.text("build_commit") + ", " + fields.source());
    }
}
