package smelt.planner.choice;

import java.util.List;

/**
 * Something that can be said of a question: a line of its YAML file, an option of the command line.
 *
 * @param name in the file; behind two dashes, the option
 * @param label of the value, for help; empty for a flag
 * @param isMany whether it takes several values, with commas between them or said again
 * @param usual where nothing is said, for people
 * @param meaning one sentence
 */
public record PlanSetting(String name, String label, boolean isMany, String usual, String meaning) {
    private static PlanSetting one(String name, String label, String usual, String meaning) {
        return new PlanSetting(name, label, false, usual, meaning);
    }

    private static PlanSetting many(String name, String label, String usual, String meaning) {
        return new PlanSetting(name, label, true, usual, meaning);
    }

    private static PlanSetting flag(String name, String meaning) {
        return new PlanSetting(name, "", false, "", meaning);
    }

    /** All of them, in the order of the help. */
    public static final List<PlanSetting> ALL = List.of(
            one(
                    "model",
                    "MODEL",
                    "",
                    "a known name, a Hugging Face config.json or folder, or a .gguf file; no weights"),
            one("workload", "NAME", "chat", "chat, code, rag, agent, summary or batch: lengths of prompts and answers"),
            one("input", "TOKENS", "the workload's", "mean length of prompts"),
            one("output", "TOKENS", "the workload's", "mean length of answers"),
            one("prefix-hits", "SHARE", "the workload's", "part of the prompts' tokens that the cache holds already"),
            one(
                    "trace",
                    "FILE",
                    "",
                    "a CSV of requests (time, prompt and answer tokens) to be played instead of random ones; of a long "
                            + "one the busiest part"),
            one(
                    "rate",
                    "N/s",
                    "the trace's, or what one deployment can",
                    "requests at the peak: 5/s, 300/min, 20000/h"),
            one("throughput", "TOKENS/s", "", "the same in output tokens a second"),
            one("ttft", "TIME", "", "time to the first token, at most"),
            one("tpot", "TIME", "", "time per output token, at most"),
            one("cost", "DOLLARS", "", "dollars per million tokens of any kind, at most"),
            one("budget", "DOLLARS", "", "to buy for (20000), or to spend: 5/h, 3000/month, 40000/year"),
            one("power", "WATTS", "", "all machines at the wall draw at most: 3kW"),
            one("max-devices", "N", "", "devices in all, at most"),
            many(
                    "own",
                    "NxDEVICE",
                    "",
                    "machines that are there: 4xRTX4090 in one host, 2x8xH100 in two; this: the one at hand, "
                            + "where smelt plan calibrate ran"),
            many("clouds", "SELLER", "", "rent, from these sellers; any: from all"),
            flag("buy", "machines may be bought"),
            many(
                    "terms",
                    "TERMS",
                    "all but spot",
                    "of renting: on-demand, reserved-1y, reserved-3y, spot (may be taken away at any time), or any"),
            flag("on-premises", "data stays here: nothing is rented"),
            many("on", "DEVICE", "all of the catalogue", "devices to try"),
            many(
                    "weights",
                    "FORMAT",
                    "16 and 8 bits",
                    "formats to try: " + String.join(", ", Formats.EXAMPLES) + " and others"),
            one("kv", "FORMAT", "as usual beside the weights", "how keys and values are kept: f16 or fp8"),
            many("engine", "NAME", "vllm, or smelt on CPUs", "vllm, trtllm, sglang, llama.cpp or smelt"),
            one("tensor-limit", "N", "16", "devices in one copy of the model, at most"),
            flag("offload", "weights may lie in the host's memory where a device is too small"),
            one("host", "DEVICE", "2 channels of DDR5-5600", "processor whose memory --offload fills"),
            flag("disaggregate", "prompts may have devices of their own"),
            one("survive", "N", "0", "machines that may be away at once without a limit being broken"),
            one("availability", "SHARE", "", "of the time in which all limits hold whatever fails, at least: 99.9%"),
            one("mtbf", "TIME", "264d, as of Llama 3's H100s", "mean time between failures of one machine"),
            one("repair", "TIME", "24h", "until a machine of ours is back"),
            one("replace", "TIME", "10min", "until a seller has put another machine in place of one that went"),
            one("spot-losses", "N/TIME", "1/d", "how often a spot machine is taken away, mean"),
            one("disk", "GB/s", "2GB/s", "rate at which weights are read where a copy begins again"),
            one("years", "N", "3", "over which purchases are written off"),
            one("power-price", "DOLLARS", "0.15", "of a kWh"),
            one("pue", "N", "1.3", "energy of the site for each joule of the machines"),
            one("utilisation", "SHARE", "40%", "mean load, as a share of the peak"),
            many("catalogue", "FILE", "", "devices and prices to add to those that smelt knows"),
            many(
                    "measurements",
                    "FILE[@NxDEVICE:WEIGHTS]",
                    "",
                    "results of smelt bench, vllm bench, GuideLLM, AIPerf, llama-bench or LoadGen: they correct the "
                            + "forecasts of the same device and engine"));
}
