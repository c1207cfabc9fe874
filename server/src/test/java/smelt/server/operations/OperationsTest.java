package smelt.server.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.server.RunningServer.JSON;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.server.NullModels;
import smelt.server.RawClient;
import smelt.server.RunningServer;
import smelt.server.ServerSettings;
import tools.jackson.databind.JsonNode;

/** Guards server/: what those who run it see: metrics and log lines. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class OperationsTest {
    private static final String SECRET = "Sesame";
    private static final String ASK = "{\"model\":\"m-1\",\"max_tokens\":9,\"logit_bias\":{\"256\":-100},"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"" + SECRET + "\"}]}";
    private static final List<String> LINES = Collections.synchronizedList(new ArrayList<>());
    private static final Logger ACCESS = Logger.getLogger(AccessLog.NAME);
    private static RunningServer server;

    private static final Handler KEEPER = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            LINES.add(new JsonLogs().format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void start() {
        KEEPER.setLevel(Level.ALL);
        ACCESS.setLevel(Level.FINE);
        ACCESS.addHandler(KEEPER);
        server = RunningServer.loading(
                ServerSettings.DEFAULT.withAliases(Map.of("m-*", "null")), new NullModels(), "null", "slow");
        server.server.loaded().join();
    }

    @AfterAll
    static void stop() {
        server.close();
        ACCESS.removeHandler(KEEPER);
        ACCESS.setLevel(null);
    }

    /** The samples of the page; each must be of a form that Prometheus reads. */
    private static Map<String, Double> samples() throws Exception {
        HttpResponse<String> page = server.get("/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        Pattern sample = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{[^}]*})?) (\\S+)");
        return page.body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> {
                    var found = sample.matcher(line);
                    assertThat(found.matches()).as(line).isTrue();
                    return found;
                })
                .collect(Collectors.toMap(found -> found.group(1), found -> Double.parseDouble(found.group(2))));
    }

    @Test
    void countsUnderVllmsNames() throws Exception {
        Map<String, Double> before = samples();
        assertThat(server.post("/v1/chat/completions", ASK).statusCode()).isEqualTo(200);
        server.get("/nowhere/" + SECRET);
        Map<String, Double> after = samples();
        int prompt = NullModels.promptTokens("user", SECRET);
        assertThat(rise("vllm:prompt_tokens_total{model_name=\"null\"}", before, after))
                .isEqualTo(prompt);
        assertThat(rise("vllm:generation_tokens_total{model_name=\"null\"}", before, after))
                .isEqualTo(9);
        assertThat(rise("vllm:prefix_cache_queries_total{model_name=\"null\"}", before, after))
                .isEqualTo(prompt);
        assertThat(rise("vllm:time_to_first_token_seconds_count{model_name=\"null\"}", before, after))
                .isEqualTo(1);
        assertThat(rise("vllm:inter_token_latency_seconds_count{model_name=\"null\"}", before, after))
                .isEqualTo(8);
        assertThat(rise("vllm:e2e_request_latency_seconds_count{model_name=\"null\"}", before, after))
                .isEqualTo(1);
        assertThat(rise("vllm:request_success_total{finished_reason=\"length\",model_name=\"null\"}", before, after))
                .isEqualTo(1);
        assertThat(rise("smelt_http_requests_total{route=\"/v1/chat/completions\",status=\"200\"}", before, after))
                .isEqualTo(1);
        assertThat(rise("smelt_http_requests_total{route=\"other\",status=\"404\"}", before, after))
                .isEqualTo(1);
        assertThat(after)
                .containsKeys(
                        "vllm:num_requests_running{model_name=\"null\"}",
                        "vllm:num_requests_waiting{model_name=\"slow\"}",
                        "vllm:kv_cache_usage_perc{model_name=\"null\"}",
                        "vllm:prefix_cache_hits_total{model_name=\"null\"}",
                        "smelt_queue_tokens{model_name=\"null\"}",
                        "smelt_kv_blocks{model_name=\"null\",state=\"free\"}",
                        "smelt_guesses_total{kind=\"ngram\",model_name=\"null\",right=\"no\"}");
        assertThat(after.keySet()).noneMatch(name -> name.contains(SECRET) || name.contains("m-1"));
    }

    @Test
    void documentsEveryMetric() throws Exception {
        server.post("/v1/chat/completions", ASK);
        String documented = Files.readString(Path.of("..", "docs", "monitoring.md"));
        List<String> names = server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .toList();
        assertThat(names).hasSizeGreaterThan(30).allMatch(name -> documented.contains("`" + name + "`"));
    }

    private static double rise(String name, Map<String, Double> before, Map<String, Double> after) {
        assertThat(after).containsKey(name);
        return after.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
    }

    @Test
    void countsWhoLeft() throws Exception {
        String name = "vllm:request_success_total{finished_reason=\"abort\",model_name=\"slow\"}";
        double before = samples().getOrDefault(name, 0.0);
        String ask = ASK.replace("m-1", "slow").replace("\"max_tokens\":9", "\"max_tokens\":3000,\"n\":2");
        try (RawClient client = new RawClient(server.server.uri())) {
            client.post("/v1/chat/completions", ask);
            while (samples().getOrDefault("vllm:num_requests_running{model_name=\"slow\"}", 0.0) < 2) {
                Thread.sleep(5);
            }
            client.vanish();
        }
        while (samples().getOrDefault(name, 0.0) < before + 2) {
            Thread.sleep(20);
        }
    }

    @Test
    void logsALineForEachRequestWithoutItsContent() throws Exception {
        LINES.clear();
        HttpResponse<String> answer = server.post("/v1/chat/completions", ASK, "X-Request-Id", "mine-1");
        JsonNode line = JSON.readTree(awaitLine("mine-1"));
        assertThat(line.path("method").stringValue()).isEqualTo("POST");
        assertThat(line.path("path").stringValue()).isEqualTo("/v1/chat/completions");
        assertThat(line.path("status").intValue()).isEqualTo(200);
        assertThat(line.path("model").stringValue()).isEqualTo("m-1");
        assertThat(line.path("completion_tokens").intValue()).isEqualTo(9);
        assertThat(line.path("milliseconds").doubleValue()).isPositive();
        assertThat(line.toString()).doesNotContain(SECRET);
        String text = JSON.readTree(answer.body())
                .path("choices")
                .get(0)
                .path("message")
                .path("content")
                .stringValue();
        assertThat(line.toString()).doesNotContain(text);
    }

    /** It is written after the client has its answer. */
    private static String awaitLine(String id) throws InterruptedException {
        while (true) {
            for (String line : List.copyOf(LINES)) {
                if (line.contains(id)) {
                    return line;
                }
            }
            Thread.sleep(5);
        }
    }

    private static RunningServer logging(LogSettings logs) {
        var other = RunningServer.loading(ServerSettings.DEFAULT.withLogs(logs), new NullModels(), "null");
        other.server.loaded().join();
        return other;
    }

    @Test
    void logsPromptsWhereThatIsAsked() throws Exception {
        String key = "Bearer-of-this";
        try (RunningServer telling = logging(new LogSettings(true, true))) {
            String ask = ASK.replace("m-1", "null");
            telling.post("/v1/chat/completions", ask, "X-Request-Id", "told-1", "Authorization", "Bearer " + key);
            JsonNode line = JSON.readTree(awaitLine("told-1"));
            assertThat(line.path("request")).isEqualTo(JSON.readTree(ask));
            assertThat(line.toString()).doesNotContain(key);
            String large = ask.replace(SECRET, "long".repeat(50_000));
            telling.post("/v1/chat/completions", large, "X-Request-Id", "told-2");
            assertThat(awaitLine("told-2").length()).isBetween(64 << 10, 80 << 10);
            telling.post("/v1/chat/completions", "{", "X-Request-Id", "told-3");
            assertThat(JSON.readTree(awaitLine("told-3")).has("request")).isFalse();
        }
    }

    @Test
    void logsNothingWhereThatIsAsked() throws Exception {
        LINES.clear();
        try (RunningServer silent = logging(new LogSettings(false, false))) {
            silent.post("/v1/chat/completions", ASK.replace("m-1", "null"), "X-Request-Id", "silent-1");
        }
        server.post("/v1/chat/completions", ASK, "X-Request-Id", "after-1");
        awaitLine("after-1");
        assertThat(LINES).noneMatch(line -> line.contains("silent-1"));
    }

    @Test
    void writesOtherLogsAsJsonToo() {
        LogRecord entry = new LogRecord(Level.WARNING, "two\nlines");
        entry.setLoggerName("some");
        entry.setThrown(new IllegalStateException("why"));
        String text = new JsonLogs().format(entry);
        assertThat(text.lines()).hasSize(1);
        assertThat(JSON.readTree(text).path("message").stringValue()).isEqualTo("two\nlines");
        assertThat(JSON.readTree(text).path("exception").stringValue()).contains("why");
    }
}
