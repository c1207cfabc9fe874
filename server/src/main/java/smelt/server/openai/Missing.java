package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.http.Dialect;
import smelt.server.http.Problem;
import smelt.server.http.Route;

/**
 * Routes of OpenAI that clients know and this server lacks, each also without {@code /v1}: 501, so that none takes them
 * for a typing error.
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
                    post(base + "/moderations", "Moderation"),
                    post(base + "/files", "Keeping files"),
                    get(base + "/files", "Keeping files"),
                    post(base + "/batches", "Batches"),
                    get(base + "/batches", "Batches")));
        }
        return all;
    }

    private static Route post(String path, String what) {
        return Route.post(path, Dialect.OPENAI, exchange -> {
            throw lacking(path, what);
        });
    }

    private static Route get(String path, String what) {
        return Route.get(path, Dialect.OPENAI, exchange -> {
            throw lacking(path, what);
        });
    }

    private static Problem lacking(String path, String what) {
        return Problem.of(501, what + " is not there: " + path, Problem.INVALID_REQUEST, "not_implemented");
    }
}
