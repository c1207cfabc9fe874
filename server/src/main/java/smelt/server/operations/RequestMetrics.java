package smelt.server.operations;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import smelt.server.http.Exchange;
import smelt.server.http.RequestObserver;
import smelt.server.http.Route;

/** Requests of HTTP, by route and status. */
final class RequestMetrics implements RequestObserver {
    private static final double NANOS = 1e9;

    /** What clients ask for beside these is endless. */
    private final Set<String> paths;

    private final Gauge open;
    private final Counter requests;
    private final Counter givenUp;
    private final Histogram seconds;

    RequestMetrics(Collection<Route> routes, PrometheusRegistry registry) {
        paths = routes.stream().map(Route::path).collect(Collectors.toUnmodifiableSet());
        open = Gauge.builder()
                .name("smelt_http_open_requests")
                .help("Requests that are being answered.")
                .register(registry);
        requests = Counter.builder()
                .name("smelt_http_requests")
                .help("Requests that were answered; 499: the client left before.")
                .labelNames("route", "status")
                .register(registry);
        givenUp = Counter.builder()
                .name("smelt_http_readers_given_up")
                .help("Clients that did not read their answers: unread: too much waited, stalled: a write did not end.")
                .labelNames("why")
                .register(registry);
        seconds = Histogram.builder()
                .name("smelt_http_request_seconds")
                .help("Time of a request, to the last byte of its answer.")
                .labelNames("route")
                .classicOnly()
                .classicUpperBounds(0.001, 0.01, 0.1, 0.5, 1, 5, 10, 60, 300, 1800)
                .register(registry);
    }

    @Override
    public void began(Exchange exchange) {
        open.inc();
    }

    @Override
    public void ended(Exchange exchange, int status, Duration time) {
        open.dec();
        String path = exchange.route().path();
        String route = paths.contains(path) ? path : "other";
        requests.labelValues(route, Integer.toString(status)).inc();
        exchange.givenUp().ifPresent(why -> givenUp.labelValues(why).inc());
        seconds.labelValues(route).observe(time.toNanos() / NANOS);
    }
}
