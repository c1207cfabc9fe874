package smelt.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import smelt.engine.hosting.ModelHost;
import smelt.store.ModelStore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server of null models on a free port of this machine, and a client of it. */
public final class RunningServer implements AutoCloseable {
    public static final JsonMapper JSON = new JsonMapper();

    public final ModelHost host;
    public final Server server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningServer(ModelHost host, Server server) {
        this.host = host;
        this.server = server;
    }

    /** With these models loaded. */
    public static RunningServer of(String... models) {
        RunningServer running = loading(ServerSettings.DEFAULT, new NullModels(), models);
        running.server.loaded().join();
        return running;
    }

    /** While they are being loaded. */
    public static RunningServer loading(ServerSettings settings, NullModels loader, String... models) {
        ModelHost host = new ModelHost(loader, 1L << 30, Duration.ofMinutes(5));
        Map<String, String> sources = new LinkedHashMap<>();
        List.of(models).forEach(name -> sources.put(name, name));
        Server server = Server.start(settings.withAddress(settings.http().host(), 0), host, sources, "0.0-test");
        return new RunningServer(host, server);
    }

    /** With a store to pull into. */
    public static RunningServer with(ModelStore store, String... models) {
        ModelHost host = new ModelHost(new NullModels(), 1L << 30, Duration.ofMinutes(5));
        Map<String, String> sources = new LinkedHashMap<>();
        List.of(models).forEach(name -> sources.put(name, name));
        ServerSettings settings = ServerSettings.DEFAULT.withAddress("127.0.0.1", 0);
        var running = new RunningServer(host, Server.start(settings, host, Optional.of(store), sources, "0.0-test"));
        running.server.loaded().join();
        return running;
    }

    public URI uri(String path) {
        return URI.create(server.uri() + path);
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)), headers);
    }

    public HttpResponse<String> post(String path, String json, String... headers)
            throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                headers);
    }

    public HttpResponse<String> delete(String path, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).method("DELETE", HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> send(HttpRequest.Builder request, String... headers)
            throws IOException, InterruptedException {
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** The JSON of all {@code data:} lines but {@code [DONE]}. */
    public static List<JsonNode> events(HttpResponse<String> response) {
        return data(response)
                .filter(text -> !text.equals("[DONE]"))
                .map(JSON::readTree)
                .toList();
    }

    /** What stands behind {@code data:}. */
    public static Stream<String> data(HttpResponse<String> response) {
        return response.body().lines().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6));
    }

    /** Waits until answers of {@code model} have so many tokens in all: those that stream have begun by then. */
    public void awaitTokens(String model, long tokens) throws InterruptedException {
        try (ModelHost.Lease lease = host.use(model)) {
            while (lease.model().engine().metrics().generatedTokens() < tokens) {
                Thread.sleep(2);
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
        host.close();
    }
}
