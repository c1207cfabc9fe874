package smelt.server.ollama;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.http.Route;
import smelt.store.ModelStore;

/** All of Ollama's routes; those that make models are refused. */
public final class OllamaRoutes {
    /** The words that its clients look for. */
    private static final byte[] RUNNING = "Ollama is running".getBytes(StandardCharsets.UTF_8);

    /**
     * The version of Ollama whose interface this is. Clients ask for it before they ask anything else, refuse one below
     * what they need (0.6.4 and 0.6.5 are common), and read three numbers and no more.
     */
    static final String LIKE_OLLAMA = "0.18.2";

    private OllamaRoutes() {}

    /**
     * @param store where models are pulled into; empty where they come from elsewhere
     * @param version of this program
     */
    public static List<Route> of(Serving serving, Optional<ModelStore> store, String version) {
        var facts = new FileFacts(store);
        var listing = new Listing(serving.models(), facts);
        List<Route> all = new ArrayList<>();
        all.add(Route.open("GET", "/", Dialect.OLLAMA, exchange -> exchange.reply(200, "text/plain", RUNNING)));
        all.add(get(
                "/api/version",
                exchange -> exchange.reply(
                        200, Json.object().put("version", LIKE_OLLAMA).put("smelt", version))));
        all.add(get("/api/tags", listing::tags));
        all.add(get("/api/ps", listing::loaded));
        all.add(post("/api/show", new Show(serving, facts)::handle));
        all.add(post("/api/chat", new Chat(serving)::handle));
        all.add(post("/api/generate", new Generate(serving)::handle));
        all.add(post("/api/embed", new Embed(serving)::handle));
        all.add(post("/api/embeddings", new Embeddings(serving)::handle));
        all.add(post("/api/pull", new Pull(serving, store)::handle));
        all.add(new Route(
                "DELETE", "/api/delete", Dialect.OLLAMA, Route.Access.KEYED, new Delete(serving, store)::handle));
        Route.Handler missing = exchange -> {
            throw missing(exchange);
        };
        for (String path : List.of("/api/push", "/api/create", "/api/copy", "/api/blobs/*")) {
            all.add(post(path, missing));
        }
        all.add(new Route("HEAD", "/api/blobs/*", Dialect.OLLAMA, Route.Access.KEYED, missing));
        return all;
    }

    /** The tables of all routes that read a body. */
    public static List<Fields> fields() {
        return List.of(
                Chat.FIELDS,
                Generate.FIELDS,
                Embed.FIELDS,
                Embeddings.FIELDS,
                Options.FIELDS,
                Show.FIELDS,
                Pull.FIELDS,
                Delete.FIELDS);
    }

    private static Route get(String path, Route.Handler handler) {
        return Route.get(path, Dialect.OLLAMA, handler);
    }

    private static Route post(String path, Route.Handler handler) {
        return Route.post(path, Dialect.OLLAMA, handler);
    }

    private static Problem missing(Exchange exchange) {
        return Problem.missing(
                exchange.method() + " " + exchange.path() + " is not there: models are pulled, or named at the start");
    }
}
