package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.http.Dialect;
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
                    post(base + "/moderations", "Moderation")));
            all.addAll(Route.missing(base + "/files", Dialect.OPENAI, "Keeping files"));
            all.addAll(Route.missing(base + "/batches", Dialect.OPENAI, "Batch processing"));
        }
        return all;
    }

    private static Route post(String path, String what) {
        return Route.missing("POST", path, Dialect.OPENAI, what);
    }
}
