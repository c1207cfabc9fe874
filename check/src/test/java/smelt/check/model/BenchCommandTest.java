package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.bench.Plan;
import smelt.bench.Startup;
import smelt.bench.StartupReport;
import smelt.cli.Main;
import smelt.compiler.CacheType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Guards bench and its command on a tiny model: the fields that programs read, and what does not fit is said. */
class BenchCommandTest {
    private static final String LLAMA = TinyModel.FOLDER.resolve("llama").toString();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int smelt(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    private static final String[] SHORT = {
        "bench", LLAMA, "--prompt", "40", "--output", "16", "--context", "60,100000", "--users", "3", "--repeat", "2"
    };

    private static String[] and(String... more) {
        String[] all = Arrays.copyOf(SHORT, SHORT.length + more.length);
        System.arraycopy(more, 0, all, SHORT.length, more.length);
        return all;
    }

    @Test
    void programsReadItsFields() {
        assertThat(smelt(and("--json"))).as(err.toString()).isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        for (String field : new String[] {
            "prefill_tokens_per_second",
            "decode_tokens_per_second",
            "memory_read_gb_per_second",
            "decode_share_of_bandwidth",
            "load_seconds",
            "threads"
        }) {
            assertThat(report.get(field).asDouble()).as(field).isPositive();
        }
        assertThat(report.has("int8_tops")).isTrue();
        assertThat(report.has("prefill_share_of_peak")).isTrue();
        assertThat(report.at("/memory/weight_bytes").asLong()).isPositive();
        assertThat(report.at("/memory/kv_bytes").asLong()).isPositive();
        assertThat(report.get("runs").size()).isEqualTo(5);
        assertThat(report.at("/runs/0/tokens_per_second/samples").size()).isEqualTo(2);
        assertThat(report.at("/runs/4/engine_share_of_step/median").asDouble()).isStrictlyBetween(0.0, 1.0);
        assertThat(report.at("/runs/1/tokens_per_second/median").asDouble())
                .isEqualTo(report.get("decode_tokens_per_second").asDouble());
        assertThat(report.at("/runs/3/problem").asString()).contains("takes 100033 positions");
        assertThat(report.at("/runs/4/users").asInt()).isEqualTo(3);
        assertThat(err.toString()).contains("round 2 of 2: decode, 3 users");
    }

    @Test
    void peopleReadATable(@TempDir Path empty) {
        assertThat(smelt(and("--peers", "--llama-cpp", empty.toString(), "--openvino", empty + "/python")))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("SCENARIO", "prefill 40", "OF BANDWIDTH", "NOTES")
                .contains("llama.cpp is not measured: there is no llama-bench in " + empty)
                .contains("openvino-genai is not measured: ");
    }

    @Test
    void measuresBlockTypes() {
        assertThat(smelt("bench-types", "Q4_0", "BF16", "--quick", "--repeat", "1", "--json"))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.at("/memory_read_gb_per_second/median").asDouble()).isPositive();
        assertThat(report.at("/types/0/type").asString()).isEqualTo("Q4_0");
        assertThat(report.at("/types/1/decode/median").asDouble()).isPositive();
        assertThat(report.at("/types/1/prefill/median").asDouble()).isPositive();
    }

    @Test
    void showsBlockTypesInATable() {
        assertThat(smelt("bench-types", "iq4_nl", "--quick", "--repeat", "1"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("GB/S, 1 ROW", "OF FASTEST", "IQ4_NL", "100%");
    }

    @Test
    void provesTheSameBits() {
        assertThat(smelt("bench", LLAMA, "--determinism", "--threads", "2"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("among 33 others", "resumed after", "The same bits in ");
    }

    @Test
    void tellsWhatEachKernelTakes() {
        assertThat(smelt(and("--kernels", "--json"))).as(err.toString()).isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.at("/steps")
                        .valueStream()
                        .map(step -> step.get("step").asString()))
                .containsExactly("decode after 8", "decode after 60", "prefill 40");
        for (JsonNode step : report.get("steps")) {
            assertThat(step.at("/milliseconds/median").asDouble()).isPositive();
            assertThat(step.get("kernels")
                            .valueStream()
                            .mapToDouble(kernel -> kernel.get("share").asDouble())
                            .sum())
                    .isCloseTo(1, within(1e-6));
            assertThat(step.get("kernels")
                            .valueStream()
                            .filter(kernel -> kernel.get("tops").isNumber()))
                    .isNotEmpty();
        }
        assertThat(smelt(and("--kernels"))).isZero();
        assertThat(out.toString()).contains("KERNEL", "_attend", "the machine's limits");
    }

    @Test
    void tellsHowSpeedGrows() {
        assertThat(smelt("bench", LLAMA, "--growth", "--json", "--repeat", "1", "--threads", "2"))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.at("/prompts/0/tokens").asInt()).isEqualTo(128);
        for (JsonNode prompt : report.get("prompts")) {
            assertThat(prompt.get("line").asDouble()).isPositive();
            assertThat(prompt.get("decode_share_of_bandwidth").asDouble()).isPositive();
        }
        assertThat(report.get("by_threads").size()).isEqualTo(2);
        assertThat(report.at("/by_threads/0/decode_ratio").asDouble()).isEqualTo(1);
        assertThat(report.at("/by_threads/1/memory_ratio").asDouble()).isPositive();
    }

    private static StartupReport start(String script) {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to stand in for the program");
        var plan = new Plan(
                8, 8, List.of(), List.of(), 1, 1, CacheType.F16, Duration.ofSeconds(1), Duration.ofSeconds(20), 1);
        return Startup.run("tiny", Path.of(LLAMA), List.of("/bin/sh", "-c", script), plan, progress -> {});
    }

    @Test
    void timesAStartUpToItsFirstByte() {
        StartupReport report = start("printf T; sleep 0.1; printf okyo");
        assertThat(report.firstTokenSeconds().median()).isPositive();
        assertThat(report.wholeSeconds().median())
                .isGreaterThan(0.09 + report.firstTokenSeconds().median());
        assertThat(report.memory().weightBytes()).isPositive();
        assertThatThrownBy(() -> start("echo 'no such model' >&2; exit 1"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("ended with 1: no such model");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThat(smelt("bench", LLAMA, "--prompt", "0")).isEqualTo(2);
        assertThat(smelt("bench", LLAMA, "--users", "1000")).isEqualTo(2);
        assertThat(smelt("bench", LLAMA, "--repeat", "0")).isEqualTo(2);
        assertThat(smelt("bench", LLAMA, "--kernels", "--growth")).isEqualTo(2);
        assertThat(smelt("bench")).isEqualTo(2);
        assertThat(smelt("bench-types", "Q9_9")).isEqualTo(2);
        assertThat(smelt("bench-types", "I32")).isEqualTo(2);
        assertThat(smelt("bench-types", "--repeat", "0")).isEqualTo(2);
    }
}
