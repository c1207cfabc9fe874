package smelt.server.operations;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.DoubleSupplier;
import smelt.server.generation.GenerationObserver;
import smelt.server.http.Dialect;
import smelt.server.http.Exchange;
import smelt.server.http.RequestObserver;
import smelt.server.http.Route;
import smelt.server.models.ServedModels;

/** Watches one server: {@code /metrics} in Prometheus's text, a log line and a span for each request. */
public final class Monitoring {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final GenerationMetrics generations;
    private final Spans spans = new Spans(GlobalOpenTelemetry.getOrNoop());
    private final LogSettings logs;

    /** @param memoryRate bytes a second that the machine's memory gives; 0 as long as nobody knows */
    public Monitoring(ServedModels models, LogSettings logs, DoubleSupplier memoryRate) {
        this.logs = logs;
        generations = new GenerationMetrics(models, registry);
        EngineMetrics.register(models, memoryRate, registry);
    }

    /** Hears of what is generated. */
    public GenerationObserver generations() {
        return GenerationObserver.all(List.of(generations, spans));
    }

    /**
     * Hear of requests; once.
     *
     * @param routes all that there are
     */
    public List<RequestObserver> requests(Collection<Route> routes) {
        List<RequestObserver> all = new ArrayList<>();
        all.add(new RequestMetrics(routes, registry));
        all.add(spans);
        if (logs.requests()) {
            all.add(new AccessLog(logs.prompts()));
        }
        return all;
    }

    /** {@code /metrics}, which needs a key where keys are set. */
    public Route route() {
        return Route.get("/metrics", Dialect.OPENAI, this::write);
    }

    private void write(Exchange exchange) {
        var text = new ByteArrayOutputStream();
        try {
            writer.write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        exchange.reply(200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toByteArray());
    }
}
