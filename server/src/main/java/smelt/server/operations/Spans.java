package smelt.server.operations;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.Usage;
import smelt.server.generation.GenerationObserver;
import smelt.server.generation.Piece;
import smelt.server.http.Exchange;
import smelt.server.http.RequestObserver;

/**
 * A span for each request, by OpenTelemetry's names for HTTP and generative AI, and below it one for each part of an
 * answer's way: queue, prefill, decode. Nothing of what was asked or answered is in them. Where this process has no
 * OpenTelemetry SDK it does nothing.
 */
final class Spans implements RequestObserver, GenerationObserver {
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    private static final TextMapGetter<Exchange> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Exchange exchange) {
            return List.of("traceparent", "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable Exchange exchange, String name) {
            return exchange == null ? null : exchange.header(name).orElse(null);
        }
    };
    private static final Map<String, String> OPERATIONS = Map.of(
            "/v1/chat/completions", "chat",
            "/v1/messages", "chat",
            "/v1/responses", "chat",
            "/api/chat", "chat",
            "/v1/completions", "text_completion",
            "/api/generate", "text_completion",
            "/v1/embeddings", "embeddings",
            "/api/embed", "embeddings",
            "/api/embeddings", "embeddings");

    private final Tracer tracer;
    private final Map<Exchange, Open> open = new ConcurrentHashMap<>();

    /** @param reasons why its answers ended; used by the request's own thread */
    private record Open(Span span, Context context, List<String> reasons) {}

    Spans(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer("smelt");
    }

    @Override
    public void began(Exchange exchange) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), exchange, HEADERS);
        Span span = tracer.spanBuilder(
                        exchange.method() + " " + exchange.route().path())
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent)
                .startSpan();
        open.put(exchange, new Open(span, parent.with(span), new ArrayList<>()));
    }

    @Override
    public void ended(Exchange exchange, String model, Instant began, Piece last) {
        Open request = open.get(exchange);
        if (request == null || !request.span.isRecording()) {
            return;
        }
        switch (last.event()) {
            case Event.Finished finished ->
                tell(
                        request,
                        began,
                        finished.usage(),
                        last.choice(),
                        finished.reason().wire());
            case Event.Failed failed -> tell(request, began, failed.usage(), last.choice(), "error");
            case Event.Token token -> throw new IllegalArgumentException("A token is not the last: " + token);
            case Event.PromptToken token -> throw new IllegalArgumentException("A token is not the last: " + token);
        }
    }

    private void tell(Open request, Instant began, Usage usage, int choice, String reason) {
        request.reasons.add(reason);
        Instant first = began.plusNanos(usage.queuedNanos());
        Instant answers = first.plusNanos(usage.prefillNanos());
        part(request, "queue", choice, began).end(first);
        if (usage.prefillNanos() > 0) {
            Span prefill = part(request, "prefill", choice, first)
                    .setAttribute("gen_ai.usage.input_tokens", usage.promptTokens())
                    .setAttribute("smelt.cached_tokens", usage.cachedTokens());
            prefill.end(answers);
        }
        if (usage.completionTokens() > 0) {
            Span decode = part(request, "decode", choice, answers)
                    .setAttribute("gen_ai.usage.output_tokens", usage.completionTokens())
                    .setAttribute(FINISH_REASONS, List.of(reason));
            decode.end(answers.plusNanos(usage.decodeNanos()));
        }
    }

    private Span part(Open request, String name, int choice, Instant from) {
        return tracer.spanBuilder(name)
                .setParent(request.context)
                .setStartTimestamp(from)
                .setAttribute("smelt.choice", choice)
                .startSpan();
    }

    @Override
    public void ended(Exchange exchange, int status, Duration time) {
        Open request = open.remove(exchange);
        if (request == null) {
            return;
        }
        Span span = request.span;
        String path = exchange.route().path();
        span.setAttribute("http.request.method", exchange.method())
                .setAttribute("http.route", path)
                .setAttribute("url.path", exchange.path())
                .setAttribute("http.response.status_code", (long) status);
        String operation = OPERATIONS.get(path.startsWith("/v1") || path.startsWith("/api") ? path : "/v1" + path);
        if (operation != null) {
            span.setAttribute("gen_ai.operation.name", operation).setAttribute("gen_ai.provider.name", "smelt");
            exchange.notes().forEach((name, value) -> note(span, name, value));
            if (!request.reasons.isEmpty()) {
                span.setAttribute(FINISH_REASONS, request.reasons);
            }
        }
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR).setAttribute("error.type", Integer.toString(status));
        }
        span.end();
    }

    private static void note(Span span, String name, Object value) {
        switch (name) {
            case "model" -> span.setAttribute("gen_ai.request.model", value.toString());
            case "prompt_tokens" -> tokens(span, "gen_ai.usage.input_tokens", value);
            case "completion_tokens" -> tokens(span, "gen_ai.usage.output_tokens", value);
            default -> {}
        }
    }

    private static void tokens(Span span, String name, Object value) {
        if (value instanceof Number count) {
            span.setAttribute(name, count.longValue());
        }
    }
}
