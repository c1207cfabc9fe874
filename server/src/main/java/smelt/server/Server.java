package smelt.server;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import smelt.engine.hosting.ModelHost;
import smelt.server.anthropic.AnthropicRoutes;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.HttpListener;
import smelt.server.http.Problem;
import smelt.server.http.Route;
import smelt.server.models.ServedModels;
import smelt.server.ollama.OllamaRoutes;
import smelt.server.openai.OpenAiRoutes;
import smelt.server.operations.Monitoring;
import smelt.server.operations.OpenApi;
import smelt.server.operations.OperationsRoutes;
import smelt.server.planning.PlanRoutes;
import smelt.store.ModelStore;

/** A server of models. It listens at once and loads meanwhile; the models' host is closed by who opened it. */
public final class Server implements AutoCloseable {
    private static final Duration ABORTED_TAKE = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 10;

    private final ServedModels models;
    private final List<Route> routes;
    private final HttpListener listener;
    private final ServerSettings settings;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    private Server(ServedModels models, List<Route> routes, HttpListener listener, ServerSettings settings) {
        this.models = models;
        this.routes = List.copyOf(routes);
        this.listener = listener;
        this.settings = settings;
    }

    /**
     * Listens, and begins to load.
     *
     * @param sources name to what {@code host} loads; the first is meant where a request names none
     * @param version of this program
     * @throws smelt.base.Failure UNAVAILABLE where the address cannot be had
     */
    public static Server start(ServerSettings settings, ModelHost host, Map<String, String> sources, String version) {
        return start(settings, host, Optional.empty(), sources, version);
    }

    /** @param store where clients may have models pulled into, and deleted; empty: nowhere */
    public static Server start(
            ServerSettings settings,
            ModelHost host,
            Optional<ModelStore> store,
            Map<String, String> sources,
            String version) {
        var models = new ServedModels(host, sources, settings.aliases(), settings.acceptsAnyModel());
        var monitoring = new Monitoring(models, settings.logs(), settings.memoryRate());
        Serving serving = new Serving(models, monitoring.generations(), settings.lenient(), settings.requests());
        List<Route> routes = routes(serving, store, monitoring, version);
        HttpListener listener = HttpListener.start(settings.http(), routes, monitoring.requests(routes));
        Server server = new Server(models, routes, listener, settings);
        Thread.ofVirtual().name("smelt-loading").start(server::load);
        return server;
    }

    /** The routes of all protocols; a new one is added here. */
    private static List<Route> routes(
            Serving serving, Optional<ModelStore> store, Monitoring monitoring, String version) {
        List<Route> all = new ArrayList<>();
        all.addAll(OpenAiRoutes.of(serving));
        all.addAll(AnthropicRoutes.of(serving));
        all.addAll(OllamaRoutes.of(serving, store, version));
        all.addAll(PlanRoutes.of(serving));
        all.addAll(OperationsRoutes.of(serving.models(), version));
        all.add(monitoring.route());
        all.add(OpenApi.route(all, tables(), serving.lenient(), version));
        return all;
    }

    /** What it answers. */
    List<Route> routes() {
        return routes;
    }

    /** The fields of all routes that read a body. */
    static List<Fields> tables() {
        List<Fields> all = new ArrayList<>();
        all.addAll(OpenAiRoutes.fields());
        all.addAll(AnthropicRoutes.fields());
        all.addAll(OllamaRoutes.fields());
        all.addAll(PlanRoutes.fields());
        return all;
    }

    private void load() {
        try {
            models.load(settings.engines().keepAlive().isZero());
            loaded.complete(null);
        } catch (Throwable e) {
            loaded.completeExceptionally(e);
        }
    }

    /** Completes when the first models are there, or fails with what kept them. */
    public CompletableFuture<Void> loaded() {
        return loaded.copy();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(settings.http().host(), listener.port());
    }

    /** Where clients find it, without {@code /v1}. */
    public URI uri() {
        String host = settings.http().host();
        String scheme = settings.http().tls().isPresent() ? "https" : "http";
        return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.port());
    }

    public ServedModels models() {
        return models;
    }

    /** Requests that are not answered to their end. */
    public int openRequests() {
        return listener.openExchanges();
    }

    /**
     * Takes no more requests and waits until those that are there have ended, for {@code patience} at most; then ends
     * the others.
     *
     * @return whether all ended by themselves
     */
    public boolean drain(Duration patience) throws InterruptedException {
        models.drain();
        if (ended(patience)) {
            return true;
        }
        listener.abort(Problem.unavailable("The server was shut down before the answer was complete", patience));
        ended(ABORTED_TAKE);
        return false;
    }

    private boolean ended(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (listener.openExchanges() > 0) {
            if (System.nanoTime() >= end) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    /** Stops to listen; does not wait for requests ({@link #drain} does). */
    @Override
    public void close() {
        listener.abort(Problem.unavailable("The server was shut down", ABORTED_TAKE));
        listener.close();
    }
}
