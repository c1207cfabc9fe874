package smelt.planner.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.time.Engine;
import smelt.planner.time.Load;

/** Guards planner/: what other programs measured is read as they mean it, and damaged files end in a failure. */
class MeasurementsTest {
    private static final String BENCH_SERVE = """
            {"date": "20260901-101112", "backend": "vllm", "model_id": "meta-llama/Llama-3.1-8B-Instruct",
             "num_prompts": 200, "request_rate": "inf", "max_concurrency": 16, "duration": 50.0, "completed": 200,
             "failed": 0, "total_input_tokens": 204800, "total_output_tokens": 25600, "request_throughput": 4.0,
             "output_throughput": 512.0, "mean_ttft_ms": 180.5, "median_ttft_ms": 170.0, "mean_tpot_ms": 29.5}
            """;
    private static final String GUIDE_LLM = """
            {"metadata": {"version": 1}, "args": {"model": "Qwen/Qwen3-8B"}, "benchmarks": [{"metrics": {
              "request_totals": {"successful": 100, "errored": 0, "incomplete": 3, "total": 103},
              "request_concurrency": {"successful": {"mean": 7.96}},
              "prompt_token_count": {"successful": {"mean": 512.4}},
              "output_token_count": {"successful": {"mean": 128.0}},
              "time_to_first_token_ms": {"successful": {"mean": 90.0, "median": 80.0}},
              "inter_token_latency_ms": {"successful": {"mean": 12.5}},
              "output_tokens_per_second": {"successful": {"mean": 600.0}}}}]}
            """;
    private static final String AI_PERF = """
            {"input_config": {"endpoint": {"model_names": ["Qwen/Qwen3-32B"]}, "loadgen": {"concurrency": 32}},
             "request_count": {"unit": "requests", "avg": 256.0}, "error_request_count": null,
             "input_sequence_length": {"unit": "tokens", "avg": 2000.0},
             "output_sequence_length": {"unit": "tokens", "avg": 250.0},
             "request_throughput": {"unit": "requests/sec", "avg": 1.8},
             "time_to_first_token": {"unit": "ms", "avg": 1240.0}, "inter_token_latency": {"unit": "ms", "avg": 30.0},
             "output_token_throughput": {"unit": "tokens/sec", "avg": 450.0}}
            """;
    private static final String LLAMA_BENCH = """
            [{"build_commit": "abc123", "cpu_info": "EPYC", "gpu_info": "NVIDIA GeForce RTX 4090",
              "model_filename": "m/llama-8b.Q4_K_M.gguf", "n_prompt": 512, "n_gen": 0, "n_depth": 0, "avg_ts": 5120.0},
             {"build_commit": "abc123", "cpu_info": "EPYC", "gpu_info": "NVIDIA GeForce RTX 4090",
              "model_filename": "m/llama-8b.Q4_K_M.gguf", "n_prompt": 0, "n_gen": 128, "n_depth": 1024,
              "avg_ts": 125.0}]
            """;
    private static final String SMELT_BENCH = """
            {"model": "smollm2", "cpu": "Zen 5", "prefill_tokens_per_second": 4000.0,
             "decode_tokens_per_second": 200.0, "runs": [
              {"scenario": "prefill 400", "users": 1, "tokens_per_second": {"median": 4000.0}},
              {"scenario": "decode 64 after 32", "users": 1, "tokens_per_second": {"median": 200.0}},
              {"scenario": "decode, 16 users", "users": 16, "tokens_per_second": {"median": 900.0}},
              {"scenario": "decode 64 after 4096", "users": 1, "tokens_per_second": null, "problem": "no room"}]}
            """;
    private static final String LOAD_GEN = """
            ================================================
            MLPerf Results Summary
            ================================================
            SUT name : SUT
            Scenario : Server
            Mode     : PerformanceOnly
            Completed samples per second    : 100.00
            Completed tokens per second: 29400.00
            Result is : VALID
              Performance constraints satisfied : Yes

            Mean latency (ns)               : 17500000000
            Completed tokens per second                 : 29400.00
            Mean First Token latency (ns)               : 200000000
            Mean Time per Output Token (ns)                : 61400000
            """;
    private static final Given RUN = new Given("Llama-2-70B", "H100 SXM", "trtllm", "1.0", 294);
    private static final List<String> ALL =
            List.of(BENCH_SERVE, GUIDE_LLM, AI_PERF, LLAMA_BENCH, SMELT_BENCH, LOAD_GEN);

    @TempDir
    Path folder;

    @Test
    void benchServe() throws IOException {
        Measurement one = read(BENCH_SERVE, Given.NOTHING).getFirst();
        assertThat(one)
                .isEqualTo(new Measurement(
                        "meta-llama/Llama-3.1-8B-Instruct",
                        "",
                        new Engine("vllm", ""),
                        new Load(1024, 128, 16, 0),
                        180.5,
                        29.5,
                        512,
                        "bench serve, result"));
        // nothing bounds who is there: 4 a second, each for 0.1805 + 127 * 0.0295 s
        String open = BENCH_SERVE.replace("\"max_concurrency\": 16", "\"max_concurrency\": null");
        assertThat(read(open, RUN).getFirst().load()).isEqualTo(new Load(294, 128, 16, 0));
        assertThat(read(open, RUN).getFirst().device()).isEqualTo("H100 SXM");
    }

    @Test
    void guideLlm() throws IOException {
        Measurement one = read(GUIDE_LLM, Given.NOTHING).getFirst();
        assertThat(one.model()).isEqualTo("Qwen/Qwen3-8B");
        assertThat(one.load()).isEqualTo(new Load(512, 128, 8, 0));
        assertThat(one.ttftMillis()).isEqualTo(90);
        assertThat(one.tpotMillis()).isEqualTo(12.5);
        assertThat(one.tokensPerSecond()).isEqualTo(600);
    }

    @Test
    void aiPerf() throws IOException {
        Measurement one = read(AI_PERF, Given.NOTHING).getFirst();
        assertThat(one.model()).isEqualTo("Qwen/Qwen3-32B");
        assertThat(one.load()).isEqualTo(new Load(2000, 250, 32, 0));
        assertThat(one.ttftMillis()).isEqualTo(1240);
        assertThat(one.tpotMillis()).isEqualTo(30);
        assertThat(read(AI_PERF.replace("\"ms\", \"avg\": 1240.0", "\"s\", \"avg\": 1.24"), RUN)
                        .getFirst()
                        .ttftMillis())
                .isEqualTo(1240);
        assertRefused(AI_PERF.replace("\"ms\", \"avg\": 1240.0", "\"weeks\", \"avg\": 1.24"), FailureCode.MALFORMED);
    }

    @Test
    void llamaBench() throws IOException {
        List<Measurement> all = read(LLAMA_BENCH, Given.NOTHING);
        assertThat(all).hasSize(2);
        assertThat(all.get(0).ttftMillis()).isCloseTo(100, within(1e-9));
        assertThat(all.get(0).tpotMillis()).isNaN();
        assertThat(all.get(1).tpotMillis()).isEqualTo(8);
        assertThat(all.get(1).load()).isEqualTo(new Load(1024, 128, 1, 0));
        assertThat(all.get(1).device()).isEqualTo("NVIDIA GeForce RTX 4090");
        assertThat(all.get(1).engine()).isEqualTo(new Engine("llama.cpp", ""));
    }

    @Test
    void smeltBench() throws IOException {
        List<Measurement> all = read(SMELT_BENCH, Given.NOTHING);
        assertThat(all).hasSize(2);
        assertThat(all.get(0).load()).isEqualTo(new Load(400, 1, 1, 0));
        assertThat(all.get(0).ttftMillis()).isEqualTo(100);
        assertThat(all.get(1).load()).isEqualTo(new Load(32, 64, 1, 0));
        assertThat(all.get(1).tpotMillis()).isEqualTo(5);
        assertThat(all.get(1).device()).isEqualTo("Zen 5");
    }

    @Test
    void loadGen() throws IOException {
        Measurement one = read(LOAD_GEN, RUN).getFirst();
        assertThat(one.load()).isEqualTo(new Load(294, 294, 1750, 0));
        assertThat(one.ttftMillis()).isEqualTo(200);
        assertThat(one.tpotMillis()).isEqualTo(61.4);
        assertThat(one.tokensPerSecond()).isEqualTo(29400);
        assertThat(one.engine()).isEqualTo(new Engine("trtllm", "1.0"));
        assertRefused(LOAD_GEN.replace(": VALID", ": INVALID"), FailureCode.MALFORMED);
    }

    @Test
    void whatIsMissingIsAskedFor() {
        assertThatThrownBy(() -> read(LOAD_GEN, Given.NOTHING)).isInstanceOf(Failure.class);
        assertRefused(BENCH_SERVE.replace("204800", "null"), FailureCode.MALFORMED);
        assertRefused(BENCH_SERVE.replace("\"completed\": 200", "\"completed\": 0"), FailureCode.MALFORMED);
    }

    @Test
    void runsThatFailedAreNoMeasurement() {
        assertRefused(BENCH_SERVE.replace("\"failed\": 0", "\"failed\": 30"), FailureCode.MALFORMED);
        assertRefused(GUIDE_LLM.replace("\"errored\": 0", "\"errored\": 5"), FailureCode.MALFORMED);
        String errors = AI_PERF.replace("\"error_request_count\": null", "\"error_request_count\": {\"avg\": 9}");
        assertRefused(errors, FailureCode.MALFORMED);
        assertRefused(errors.replace("\"request_count\"", "\"others\""), FailureCode.MALFORMED);
    }

    @Test
    void impossibleFiguresAreRefused() {
        assertRefused(BENCH_SERVE.replace("180.5", "-1"), FailureCode.MALFORMED);
        assertRefused(BENCH_SERVE.replace("180.5", "1e300"), FailureCode.MALFORMED);
        assertRefused(BENCH_SERVE.replace("204800", "1e30"), FailureCode.MALFORMED);
        assertRefused(LLAMA_BENCH.replace("125.0", "0"), FailureCode.MALFORMED);
    }

    @Test
    void otherFilesAreRefused() {
        assertRefused("", FailureCode.UNSUPPORTED);
        assertRefused("hello", FailureCode.UNSUPPORTED);
        assertRefused("{}", FailureCode.UNSUPPORTED);
        assertRefused("{\"benchmarks\": []}", FailureCode.MALFORMED);
        assertRefused("[]", FailureCode.MALFORMED);
        assertRefused("[1, 2]", FailureCode.MALFORMED);
        assertRefused("{\"mean_ttft_ms\"", FailureCode.MALFORMED);
        assertRefused("[".repeat(100_000), FailureCode.MALFORMED);
        assertThatThrownBy(() -> Measurements.read(folder.resolve("none"), Given.NOTHING))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
        assertThatThrownBy(() -> Measurements.read(folder, Given.NOTHING)).isInstanceOf(Failure.class);
    }

    @Test
    void damagedFilesEndInAFailureOrInMeasurements() throws IOException {
        int read = 0;
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = ALL.get(seed % ALL.size()).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i <= random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : '9');
            }
            Files.write(folder.resolve("result"), bytes);
            try {
                read += Measurements.read(folder.resolve("result"), RUN).isEmpty() ? 0 : 1;
            } catch (Failure e) {
                assertThat(e.code()).as("seed %d: %s", seed, e.what()).isNotEqualTo(FailureCode.INTERNAL);
            }
        }
        assertThat(read).isGreaterThan(500);
    }

    private List<Measurement> read(String text, Given given) throws IOException {
        return Measurements.read(Files.writeString(folder.resolve("result"), text), given);
    }

    private void assertRefused(String text, FailureCode code) {
        assertThatThrownBy(() -> read(text, new Given("m", "", "", "", 0)))
                .as(text.substring(0, Math.min(200, text.length())))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
