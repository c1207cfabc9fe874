package smelt.server.operations;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import smelt.engine.Event;
import smelt.engine.FinishReason;
import smelt.engine.Request;
import smelt.engine.Usage;
import smelt.server.generation.Call;
import smelt.server.generation.GenerationObserver;
import smelt.server.generation.Piece;
import smelt.server.http.Exchange;
import smelt.server.models.ServedModels;

/** How answers come, under vLLM's names; times are those of the engine, whatever the reader does. */
final class GenerationMetrics implements GenerationObserver {
    private static final double NANOS = 1e9;
    /** vLLM's bounds, and some below them for small models. */
    private static final double[] FIRST_TOKEN = {
        0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160,
        640, 2560
    };

    private static final double[] BETWEEN_TOKENS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
        80
    };
    private static final double[] REQUEST = {
        0.01, 0.03, 0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000
    };
    private static final double[] CHOICES = {1, 2, 5, 10, 20};

    private final ServedModels models;
    private final PrometheusRegistry registry;
    private final Histogram firstToken;
    private final Histogram betweenTokens;
    private final Histogram perToken;
    private final Histogram latency;
    private final Histogram queue;
    private final Histogram inference;
    private final Histogram prefill;
    private final Histogram decode;
    private final Histogram promptTokens;
    private final Histogram answerTokens;
    private final Histogram mostTokens;
    private final Histogram choices;
    private final Counter ended;

    GenerationMetrics(ServedModels models, PrometheusRegistry registry) {
        this.models = models;
        this.registry = registry;
        firstToken = histogram("vllm:time_to_first_token_seconds", "From the request to its first token.", FIRST_TOKEN);
        betweenTokens = histogram("vllm:inter_token_latency_seconds", "From one token to the next.", BETWEEN_TOKENS);
        perToken = histogram(
                "vllm:request_time_per_output_token_seconds", "Time of a token after the first.", BETWEEN_TOKENS);
        latency = histogram("vllm:e2e_request_latency_seconds", "From the request to its last token.", REQUEST);
        queue = histogram("vllm:request_queue_time_seconds", "From the request to its first step.", REQUEST);
        inference = histogram("vllm:request_inference_time_seconds", "From the first step to the last token.", REQUEST);
        prefill = histogram("vllm:request_prefill_time_seconds", "From the first step to the first token.", REQUEST);
        decode = histogram("vllm:request_decode_time_seconds", "From the first token to the last.", REQUEST);
        promptTokens = histogram("vllm:request_prompt_tokens", "Tokens of a prompt.", TOKENS);
        answerTokens = histogram("vllm:request_generation_tokens", "Tokens of an answer.", TOKENS);
        mostTokens = histogram("vllm:request_params_max_tokens", "Most tokens of an answer, where one is set.", TOKENS);
        choices = histogram("vllm:request_params_n", "Answers to a request.", CHOICES);
        ended = Counter.builder()
                .name("vllm:request_success")
                .help("Answers that ended, by how: stop, length, abort or error.")
                .labelNames("model_name", "finished_reason")
                .register(registry);
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames("model_name")
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    /** The name that is served: what clients call it is endless. */
    private String label(String asked) {
        return models.resolve(asked).orElse("other");
    }

    @Override
    public void started(String model, Call call) {
        choices.labelValues(label(model)).observe(call.choices());
        if (call.request().maxTokens() != Request.ROOM_LEFT) {
            mostTokens.labelValues(label(model)).observe(call.request().maxTokens());
        }
    }

    @Override
    public void heard(String model, Piece piece, long sinceLast) {
        if (piece.event() instanceof Event.Token) {
            Histogram times = sinceLast < 0 ? firstToken : betweenTokens;
            times.labelValues(label(model)).observe((sinceLast < 0 ? piece.nanos() : sinceLast) / NANOS);
        }
    }

    @Override
    public void ended(Exchange exchange, String model, Instant began, Piece last) {
        String label = label(model);
        switch (last.event()) {
            case Event.Finished finished -> {
                ended.labelValues(label, reason(finished.reason())).inc();
                observe(label, last, finished.usage());
            }
            case Event.Failed failed -> ended.labelValues(label, "error").inc();
            case Event.Token token -> throw new IllegalArgumentException("A token is not the last: " + token);
            case Event.PromptToken token -> throw new IllegalArgumentException("A token is not the last: " + token);
        }
    }

    private void observe(String label, Piece last, Usage usage) {
        latency.labelValues(label).observe(last.nanos() / NANOS);
        queue.labelValues(label).observe(usage.queuedNanos() / NANOS);
        inference.labelValues(label).observe((usage.prefillNanos() + usage.decodeNanos()) / NANOS);
        prefill.labelValues(label).observe(usage.prefillNanos() / NANOS);
        decode.labelValues(label).observe(usage.decodeNanos() / NANOS);
        promptTokens.labelValues(label).observe(usage.promptTokens());
        answerTokens.labelValues(label).observe(usage.completionTokens());
        if (usage.completionTokens() > 1) {
            perToken.labelValues(label).observe(usage.decodeNanos() / NANOS / (usage.completionTokens() - 1));
        }
    }

    private static String reason(FinishReason reason) {
        return switch (reason) {
            case END, STOP -> "stop";
            case LENGTH, CONTEXT -> "length";
            case CANCELLED, TIMEOUT -> "abort";
        };
    }

    @Override
    public void left(String model, int unfinished) {
        ended.labelValues(label(model), "abort").inc(unfinished);
    }
}
