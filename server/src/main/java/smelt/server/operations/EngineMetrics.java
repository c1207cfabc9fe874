package smelt.server.operations;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.server.models.ServedModels;

/** What the engines count, by model: vLLM's names where it has them, {@code smelt_} before our own. */
final class EngineMetrics {
    private static final String MODEL = "model_name";

    private final ServedModels models;
    private final PrometheusRegistry registry;

    /**
     * One engine now.
     *
     * @param bytes of weights that a step reads
     */
    private record Look(String model, Metrics metrics, double bytes) {
        /** Read in the time that steps took. */
        double bytesPerSecond() {
            return metrics.stepNanos() == 0 ? 0 : bytes * metrics.steps() * 1e9 / metrics.stepNanos();
        }
    }

    private EngineMetrics(ServedModels models, PrometheusRegistry registry) {
        this.models = models;
        this.registry = registry;
    }

    /** @param memoryRate bytes a second that the machine's memory gives; 0 as long as nobody knows */
    static void register(ServedModels models, DoubleSupplier memoryRate, PrometheusRegistry registry) {
        var all = new EngineMetrics(models, registry);
        all.likeVllm();
        all.scheduling();
        all.guessing();
        all.memory();
        all.bandwidth(memoryRate);
    }

    private void likeVllm() {
        gauge("vllm:num_requests_running", "Answers that share steps.", Metrics::running);
        gauge("vllm:num_requests_waiting", "Answers that wait.", Metrics::waiting);
        gauge("vllm:kv_cache_usage_perc", "Share of KV blocks that are held, 0 to 1.", EngineMetrics::held);
        counter("vllm:prompt_tokens", "Tokens of prompts.", Metrics::promptTokens);
        counter("vllm:generation_tokens", "Generated tokens.", Metrics::generatedTokens);
        counter("vllm:prefix_cache_queries", "Prompt tokens that were looked for.", Metrics::promptTokens);
        counter("vllm:prefix_cache_hits", "Prompt tokens that were there already.", Metrics::cachedTokens);
        counter("vllm:num_preemptions", "Answers that gave way to others.", Metrics::preemptions);
        counter("vllm:spec_decode_num_draft_tokens", "Guessed tokens.", Metrics::proposedTokens);
        counter("vllm:spec_decode_num_accepted_tokens", "Guessed tokens that were right.", Metrics::acceptedTokens);
    }

    private static double held(Metrics metrics) {
        int all = metrics.blocksUsed() + metrics.blocksCached() + metrics.blocksFree();
        return all == 0 ? 0 : (double) metrics.blocksUsed() / all;
    }

    private void scheduling() {
        gauge("smelt_queue_tokens", "Prompt tokens that have not started.", Metrics::queuedTokens);
        gauge("smelt_batch_size", "Tokens of a step, on average.", Metrics::rowsPerStep);
        gauge("smelt_generation_tokens_per_second", "Over the last busy seconds.", Metrics::tokensPerSecond);
        gauge(
                "smelt_prefix_hit_ratio",
                "Share of prompt tokens that were there already, 0 to 1.",
                metrics -> (double) metrics.cachedTokens() / Math.max(1, metrics.promptTokens()));
        counter("smelt_steps", "Steps of the model.", Metrics::steps);
        counter("smelt_step_tokens", "Tokens computed in steps.", Metrics::rows);
        counter("smelt_interrupted_steps", "Steps whose work was lost.", Metrics::interruptions);
        counter("smelt_model_seconds", "Time in the model.", metrics -> metrics.stepNanos() / 1e9);
        counter("smelt_draft_seconds", "Time in the draft model.", metrics -> metrics.draftNanos() / 1e9);
        counter("smelt_engine_seconds", "Time of steps outside of models.", metrics -> metrics.ownNanos() / 1e9);
    }

    private void guessing() {
        counters("smelt_guesses", "Guessed tokens.", List.of("kind", "right"), (look, out) -> {
            Metrics.Guesses ngrams = look.metrics.ngrams();
            Metrics.Guesses drafts = look.metrics.drafts();
            out.call(ngrams.accepted(), look.model, "ngram", "yes");
            out.call(ngrams.proposed() - ngrams.accepted(), look.model, "ngram", "no");
            out.call(drafts.accepted(), look.model, "draft", "yes");
            out.call(drafts.proposed() - drafts.accepted(), look.model, "draft", "no");
        });
        gauge(
                "smelt_guesses_saved_seconds",
                "Time that guesses saved; below zero: lost.",
                metrics -> metrics.savedNanos() / 1e9);
    }

    private void memory() {
        GaugeWithCallback.builder()
                .name("smelt_kv_blocks")
                .help("KV blocks by what they hold.")
                .labelNames(MODEL, "state")
                .callback(out -> looks().forEach(look -> {
                    out.call(look.metrics.blocksUsed(), look.model, "used");
                    out.call(look.metrics.blocksCached(), look.model, "cached");
                    out.call(look.metrics.blocksFree(), look.model, "free");
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("smelt_model_memory_bytes")
                .help("Native memory of loaded models.")
                .labelNames(MODEL)
                .callback(out -> models.list()
                        .forEach(
                                served -> served.hosted().ifPresent(hosted -> out.call(hosted.bytes(), served.name()))))
                .register(registry);
    }

    private void bandwidth(DoubleSupplier memoryRate) {
        counters(
                "smelt_weight_read_bytes",
                "Bytes of weights that steps read.",
                List.of(),
                (look, out) -> out.call(look.bytes * look.metrics.steps(), look.model));
        GaugeWithCallback.builder()
                .name("smelt_memory_bytes_per_second")
                .help("What memory gave in the first idle seconds, by a sweep with all threads.")
                .callback(out -> {
                    double rate = memoryRate.getAsDouble();
                    if (rate > 0) {
                        out.call(rate);
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("smelt_bandwidth_share")
                .help("Rate at which steps read weights as a share of what memory gave, since the model was loaded.")
                .labelNames(MODEL)
                .callback(out -> {
                    double rate = memoryRate.getAsDouble();
                    if (rate > 0) {
                        looks().forEach(look -> out.call(look.bytesPerSecond() / rate, look.model));
                    }
                })
                .register(registry);
    }

    private List<Look> looks() {
        List<Look> all = new ArrayList<>();
        models.list()
                .forEach(served -> models.host().peek(served.source()).ifPresent(model -> {
                    if (model.service() instanceof Engine engine) {
                        all.add(new Look(served.name(), engine.metrics(), engine.stepBytes()));
                    }
                }));
        return all;
    }

    private void gauge(String name, String help, ToDoubleFunction<Metrics> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(MODEL)
                .callback(out -> looks().forEach(look -> out.call(value.applyAsDouble(look.metrics), look.model)))
                .register(registry);
    }

    /** Its name gets {@code _total} at the end. */
    private void counter(String name, String help, ToDoubleFunction<Metrics> value) {
        counters(name, help, List.of(), (look, out) -> out.call(value.applyAsDouble(look.metrics), look.model));
    }

    private interface Counting {
        void count(Look look, CounterWithCallback.Callback out);
    }

    private void counters(String name, String help, List<String> labels, Counting counting) {
        List<String> names = new ArrayList<>(List.of(MODEL));
        names.addAll(labels);
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(names.toArray(String[]::new))
                .callback(out -> looks().forEach(look -> counting.count(look, out)))
                .register(registry);
    }
}
