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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import smelt.server.http.Exchange;
import smelt.server.http.RequestObserver;

/**
 * A span for each request, by OpenTelemetry's names for HTTP and generative AI; nothing of what was asked or answered
 * is in it. Where this process has no OpenTelemetry SDK it does nothing.
 */
final class Spans implements RequestObserver {
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
    private final Map<Exchange, Span> open = new ConcurrentHashMap<>();

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
        open.put(exchange, span);
    }

    @Override
    public void ended(Exchange exchange, int status, Duration time) {
        Span span = open.remove(exchange);
        if (span == null) {
            return;
        }
        String path = exchange.route().path();
        span.setAttribute("http.request.method", exchange.method())
                .setAttribute("http.route", path)
                .setAttribute("http.response.status_code", (long) status);
        String operation = OPERATIONS.get(path.startsWith("/v1") || path.startsWith("/api") ? path : "/v1" + path);
        if (operation != null) {
            span.setAttribute("gen_ai.operation.name", operation).setAttribute("gen_ai.provider.name", "smelt");
            exchange.notes().forEach((name, value) -> note(span, name, value));
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
            case "finish_reason" ->
                span.setAttribute(
                        AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), List.of(value.toString()));
            default -> {}
        }
    }

    private static void tokens(Span span, String name, Object value) {
        if (value instanceof Number count) {
            span.setAttribute(name, count.longValue());
        }
    }
}
