package smelt.server.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.engine.Settings;
import smelt.server.NullModels;
import smelt.server.RawClient;
import smelt.server.RunningServer;
import smelt.server.ServerSettings;
import tools.jackson.databind.JsonNode;

/** Guards server/: metrics tell of known traffic what was done, and nothing else. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MetricsTest {
    private static final double MEMORY_RATE = 1e9;
    /** One answer at a time, so that others wait. */
    private static final Settings ALONE = new Settings(Settings.DEFAULT.stepTokens(), 1, 1 << 20);

    private RunningServer server;

    @BeforeEach
    void start() {
        server = RunningServer.loading(
                ServerSettings.DEFAULT.withMemoryRate(() -> MEMORY_RATE), new NullModels(ALONE), "null", "slow");
        server.server.loaded().join();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** By name and labels. */
    private record Samples(Map<String, Double> all) {
        double get(String name) {
            assertThat(all).containsKey(name);
            return all.getOrDefault(name, 0.0);
        }
    }

    /** Of one model, by their names and other labels. */
    private Samples metrics(String model) throws Exception {
        return new Samples(server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.contains("model_name=\"" + model + "\""))
                .map(line -> line.replaceFirst(",?model_name=\"[^\"]*\",?", "").replace("{}", ""))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))));
    }

    private static String body(String model, String text, int tokens, String more) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":" + tokens + ",\"logit_bias\":{\"256\":-100}" + more
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    private JsonNode usage(String text, int tokens, String more) throws Exception {
        return RunningServer.json(server.post("/v1/chat/completions", body("null", text, tokens, more)))
                .path("usage");
    }

    @Test
    void countsTokensAnswersAndPrefixes() throws Exception {
        List<JsonNode> usages = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            usages.add(usage("x".repeat(200), 10 + i, ""));
        }
        usages.add(usage("another", 7, ",\"n\":2"));
        int prompt = sum(usages, "prompt_tokens");
        int written = sum(usages, "completion_tokens");
        int cached = usages.stream()
                .mapToInt(usage -> usage.path("prompt_tokens_details")
                        .path("cached_tokens")
                        .intValue())
                .sum();
        assertThat(written).isEqualTo(10 + 11 + 12 + 2 * 7);
        assertThat(cached).isGreaterThan(300);

        Samples told = metrics("null");
        assertThat(told.get("vllm:generation_tokens_total")).isEqualTo(written);
        assertThat(told.get("vllm:prefix_cache_queries_total")).isEqualTo(told.get("vllm:prompt_tokens_total"));
        assertThat(told.get("vllm:prompt_tokens_total")).isGreaterThanOrEqualTo(prompt);
        assertThat(told.get("vllm:prefix_cache_hits_total")).isGreaterThanOrEqualTo(cached);
        assertThat(told.get("smelt_prefix_hit_ratio"))
                .isEqualTo(told.get("vllm:prefix_cache_hits_total") / told.get("vllm:prompt_tokens_total"));
        assertThat(told.get("vllm:request_success_total{finished_reason=\"length\"}"))
                .isEqualTo(5);
        assertHistogram(told, "vllm:request_generation_tokens", 5, written);
        assertHistogram(told, "vllm:request_params_n", 4, 1 + 1 + 1 + 2);
        assertHistogram(told, "vllm:request_params_max_tokens", 4, 10 + 11 + 12 + 7);
        assertThat(told.get("vllm:time_to_first_token_seconds_count")).isEqualTo(5);
        assertThat(told.get("vllm:inter_token_latency_seconds_count")).isEqualTo(written - 5);
        for (String name : List.of("e2e_request_latency", "request_queue_time", "request_inference_time")) {
            assertThat(told.get("vllm:" + name + "_seconds_count")).as(name).isEqualTo(5);
        }
        assertThat(told.get("vllm:request_inference_time_seconds_sum"))
                .isCloseTo(
                        told.get("vllm:request_prefill_time_seconds_sum")
                                + told.get("vllm:request_decode_time_seconds_sum"),
                        within(1e-6));
    }

    private static int sum(List<JsonNode> usages, String name) {
        return usages.stream().mapToInt(usage -> usage.path(name).intValue()).sum();
    }

    private static void assertHistogram(Samples told, String name, double count, double sum) {
        assertThat(told.get(name + "_count")).as(name).isEqualTo(count);
        assertThat(told.get(name + "_sum")).as(name).isEqualTo(sum);
        assertThat(told.get(name + "_bucket{le=\"+Inf\"}")).as(name).isEqualTo(count);
    }

    /** A token of the answer that is not computed any more is the last one: nothing follows it. */
    @Test
    void countsStepsAndWhatTheyRead() throws Exception {
        usage("x".repeat(100), 20, "");
        Samples told = metrics("null");
        int rows = NullModels.promptTokens("user", "x".repeat(100)) + 20 - 1;
        double steps = told.get("smelt_steps_total");
        assertThat(told.get("smelt_step_tokens_total")).isGreaterThanOrEqualTo(rows);
        assertThat(steps).isBetween(1.0, 20.0);
        assertThat(told.get("smelt_batch_size")).isCloseTo(told.get("smelt_step_tokens_total") / steps, within(1e-9));
        assertThat(told.get("smelt_weight_read_bytes_total")).isEqualTo(steps * NullModels.STEP_BYTES);
        assertThat(told.get("smelt_bandwidth_share"))
                .isCloseTo(
                        steps * NullModels.STEP_BYTES / told.get("smelt_model_seconds_total") / MEMORY_RATE,
                        within(1e-6));
        assertThat(server.get("/metrics").body()).contains("smelt_memory_bytes_per_second 1.0E9");
    }

    @Test
    void tellsWhoRunsAndWhoWaits() throws Exception {
        try (RawClient first = new RawClient(server.server.uri());
                RawClient second = new RawClient(server.server.uri());
                RawClient third = new RawClient(server.server.uri())) {
            first.post("/v1/chat/completions", body("slow", "one", 3000, ""));
            await("vllm:num_requests_running", 1);
            second.post("/v1/chat/completions", body("slow", "two", 3000, ""));
            third.post("/v1/chat/completions", body("slow", "three", 3000, ""));
            await("vllm:num_requests_waiting", 2);
            Samples busy = metrics("slow");
            assertThat(busy.get("smelt_queue_tokens"))
                    .isEqualTo(NullModels.promptTokens("user", "two") + NullModels.promptTokens("user", "three"));
            double used = busy.get("smelt_kv_blocks{state=\"used\"}");
            double all =
                    used + busy.get("smelt_kv_blocks{state=\"cached\"}") + busy.get("smelt_kv_blocks{state=\"free\"}");
            assertThat(used).isPositive();
            assertThat(busy.get("vllm:kv_cache_usage_perc")).isCloseTo(used / all, within(1e-9));
            assertThat(server.get("/metrics").body()).containsPattern("smelt_http_open_requests 4");
            first.vanish();
            second.vanish();
            third.vanish();
        }
        await("vllm:num_requests_running", 0);
        await("vllm:num_requests_waiting", 0);
        await("vllm:kv_cache_usage_perc", 0);
        await("vllm:request_success_total{finished_reason=\"abort\"}", 3);
        assertThat(metrics("slow").get("smelt_queue_tokens")).isZero();
    }

    private void await(String name, double value) throws Exception {
        while (metrics("slow").all().getOrDefault(name, 0.0) != value) {
            Thread.sleep(10);
        }
    }
}
