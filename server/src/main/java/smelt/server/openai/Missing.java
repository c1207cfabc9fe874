package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.http.Dialect;
import smelt.server.http.Problem;
import smelt.server.http.Route;

/**
 * Routes of OpenAI that clients know and this server lacks, each also without {@code /v1}, so that none takes them for
 * a typing error: 501, or 404 for answers of old, for none is stored.
 */
final class Missing {
    private Missing() {}

    static List<Route> routes() {
        List<Route> all = new ArrayList<>();
        for (String base : List.of("/v1", "")) {
            all.addAll(List.of(
                    post(base + "/audio/transcriptions", "Speech"),
                    post(base + "/audio/translations", "Speech"),
                    post(base + "/audio/speech", "Speech"),
                    post(base + "/images/generations", "Making images"),
                    post(base + "/images/edits", "Making images"),
                    post(base + "/images/variations", "Making images"),
                    post(base + "/moderations", "Moderation")));
            all.addAll(Route.missing(base + "/files", Dialect.OPENAI, "Keeping files"));
            all.addAll(Route.missing(base + "/batches", Dialect.OPENAI, "Batch processing"));
            all.addAll(Route.missing(base + "/conversations", Dialect.OPENAI, "Keeping conversations"));
            all.add(post(base + "/responses/compact", "Compaction"));
            for (String kept : List.of(base + "/responses/*", base + "/chat/completions/*")) {
                all.addAll(List.of(unstored("GET", kept), unstored("POST", kept), unstored("DELETE", kept)));
            }
        }
        return all;
    }

    private static Route post(String path, String what) {
        return Route.missing("POST", path, Dialect.OPENAI, what);
    }

    /** What a client asks for that it takes to be stored. */
    private static Route unstored(String method, String path) {
        return new Route(method, path, Dialect.OPENAI, Route.Access.KEYED, exchange -> {
            throw Problem.of(
                    404,
                    "Answers are not stored: there is no " + exchange.pathTail(),
                    Problem.INVALID_REQUEST,
                    "not_found");
        });
    }
}
