package smelt.clients;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A client of chats over connections of HTTP/1.1. */
final class Chats implements AutoCloseable {
    private final URI server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Chats(URI server) {
        this.server = server;
    }

    /** @param fields of the body behind {@code messages}, with a comma before each */
    static String body(String model, String content, String fields) {
        return "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]%s}"
                .formatted(model, content, fields);
    }

    HttpResponse<String> post(String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(server.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(String body) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    Answer ask(String body) throws IOException, InterruptedException {
        return Answer.of(send(body));
    }

    /** Asks {@code server} once. */
    static Answer ask(URI server, String body) throws IOException, InterruptedException {
        try (Chats chats = new Chats(server)) {
            return chats.ask(body);
        }
    }

    /** Runs all at once, each on a thread of its own, and waits for them. */
    static <T> List<T> together(List<? extends Callable<T>> all) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(all)) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
