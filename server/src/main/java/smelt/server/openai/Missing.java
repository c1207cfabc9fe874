package smelt.server.openai;

import java.util.List;
import smelt.server.http.Dialect;
import smelt.server.http.Problem;
import smelt.server.http.Route;

/** Routes of OpenAI that clients know and this server lacks: 501, so that none takes them for a typing error. */
final class Missing {
    private Missing() {}

    static List<Route> routes() {
        return List.of(
                post("/v1/audio/transcriptions", "Speech"),
                post("/v1/audio/translations", "Speech"),
                post("/v1/audio/speech", "Speech"),
                post("/v1/images/generations", "Making images"),
                post("/v1/images/edits", "Making images"),
                post("/v1/images/variations", "Making images"),
                post("/v1/moderations", "Moderation"),
                post("/v1/files", "Keeping files"),
                get("/v1/files", "Keeping files"),
                post("/v1/batches", "Batches"),
                get("/v1/batches", "Batches"));
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
