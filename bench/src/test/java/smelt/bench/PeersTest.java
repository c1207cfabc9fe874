package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.compiler.CacheType;

/** Guards bench: what other engines print is read rightly, and how they fail is told. */
class PeersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Scenario PREFILL = new Scenario.Prefill(512);
    private static final Scenario CROWD = new Scenario.Crowd(16, 128, 64);

    @TempDir
    Path folder;

    private static String recorded(String name) throws IOException {
        try (var in = Objects.requireNonNull(PeersTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void readsLlamaBench() throws IOException {
        assertThat(LlamaCpp.rate(recorded("llama-bench.json"))).contains(269.913638);
        assertThat(LlamaCpp.rate("error: no such model")).isEmpty();
        assertThat(LlamaCpp.rate("[]")).isEmpty();
        assertThat(LlamaCpp.rate("[{\"avg_ts\": \"fast\"}]")).isEmpty();
    }

    @Test
    void readsLlamaBatchedBench() throws IOException {
        assertThat(LlamaCpp.batchedRate(recorded("llama-batched-bench.jsonl"))).contains(155.272842);
        assertThat(LlamaCpp.batchedRate("{\"speed_tg\": ")).isEmpty();
        assertThat(LlamaCpp.batchedRate("")).isEmpty();
    }

    @Test
    void readsOpenVino() {
        String output = "Loading\n{\"prefill\": 3398.25, \"decode\": 76.5}\n";
        assertThat(OpenVino.rate(output, "prefill")).contains(3398.25);
        assertThat(OpenVino.rate(output, "decode")).contains(76.5);
        assertThat(OpenVino.rate("{\"prefill\": 1}", "decode")).isEmpty();
        assertThat(OpenVino.rate("Traceback", "decode")).isEmpty();
    }

    @Test
    void readsTheReportOfAnotherSmelt() {
        String output = """
                {"runs": [{"scenario": "prefill 512", "tokens_per_second": {"median": 2400.5}},
                          {"scenario": "decode, 16 users", "tokens_per_second": null, "problem": "too long"}]}
                """;
        assertThat(OtherSmelt.rates(output)).containsOnly(Map.entry("prefill 512", 2400.5));
        assertThatThrownBy(() -> OtherSmelt.rates("Killed")).isInstanceOf(Failure.class);
    }

    @Test
    void anotherSmeltHasTheTimeOfAllScenarios() throws IOException {
        program("smelt", """
                case "$*" in
                *'--seconds 80 '*) echo '{"runs": [{"scenario": "prefill 8", "tokens_per_second": {"median": 5}}]}' ;;
                *) echo "too little time: $*"; exit 1 ;;
                esac
                """);
        var plan = new Plan(8, 8, List.of(16), List.of(2), 1, 1, CacheType.F16, Duration.ofSeconds(1), LIMIT, 1);
        var other = new OtherSmelt(folder.resolve("smelt"), plan);
        Path model = folder.resolve("model.gguf");
        assertThat(other.measure(model, new Scenario.Prefill(8), 1, LIMIT, 1).tokensPerSecond())
                .contains(5.0);
        assertThat(other.measure(model, CROWD, 1, LIMIT, 1).note()).contains("has no figure for it");
        Peer.Result hurried = other.measure(model, CROWD, 1, Duration.ofSeconds(2), 2);
        assertThat(hurried.note().orElseThrow()).contains("ended with code 1: too little time", "--seconds 8 ");
    }

    @Test
    void aMissingPeerSaysWhatToDo() {
        var plan = new Plan(8, 8, List.of(), List.of(), 1, 1, CacheType.F16, Duration.ofSeconds(1), LIMIT, 1);
        assertThat(new OtherSmelt(folder.resolve("smelt"), plan).missing().orElseThrow())
                .contains("--against");
        assertThat(LlamaCpp.in(folder).missing().orElseThrow()).contains("--llama-cpp");
        assertThat(OpenVino.with(folder.resolve("python").toString()).missing().orElseThrow())
                .contains("--openvino");
    }

    private void program(String name, String script) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to stand in for the program");
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Peer.Result measure(Scenario scenario, Duration limit) {
        return LlamaCpp.in(folder).measure(folder.resolve("model.gguf"), scenario, 2, limit, 1);
    }

    @Test
    void aCrashIsMeasuredAgainWithoutRepackedKernels() throws IOException {
        program("llama-bench", "case \"$*\" in *--repack*) echo '[{\"avg_ts\": 7.5}]' ;; *) kill -ILL $$ ;; esac\n");
        Peer.Result result = measure(PREFILL, LIMIT);
        assertThat(result.tokensPerSecond()).contains(7.5);
        assertThat(result.note()).contains("crashed with signal 4; measured without its repacked kernels");
    }

    @Test
    void anErrorIsToldInItsOwnWords() throws IOException {
        program("llama-bench", "echo 'error: unknown model architecture' >&2; exit 1\n");
        Peer.Result result = measure(PREFILL, LIMIT);
        assertThat(result.tokensPerSecond()).isEmpty();
        assertThat(result.note()).contains("ended with code 1: error: unknown model architecture");
        assertThat(measure(CROWD, LIMIT).note().orElseThrow()).startsWith("there is no llama-batched-bench");
    }

    @Test
    void oneThatHangsIsEnded() throws IOException {
        program("llama-bench", "exec sleep 60\n");
        assertThat(measure(PREFILL, Duration.ofMillis(300)).note().orElseThrow())
                .startsWith("took longer than");
    }
}
