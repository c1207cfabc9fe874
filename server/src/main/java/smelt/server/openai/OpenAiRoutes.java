package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Route;

/** All of OpenAI's routes that there are; each also without {@code /v1}. */
public final class OpenAiRoutes {
    private OpenAiRoutes() {}

    public static List<Route> of(Serving serving) {
        var chat = new ChatCompletions(serving);
        var models = new Models(serving.models());
        List<Route> all = new ArrayList<>();
        both(all, Route.post("/v1/chat/completions", Dialect.OPENAI, chat::handle));
        both(all, Route.get("/v1/models", Dialect.OPENAI, models::list));
        both(all, Route.get("/v1/models/*", Dialect.OPENAI, models::one));
        return all;
    }

    /** The tables of all routes that read a body. */
    public static List<Fields> fields() {
        return List.of(ChatCompletions.FIELDS);
    }

    private static void both(List<Route> all, Route route) {
        all.add(route);
        all.add(new Route(
                route.method(),
                route.path().substring("/v1".length()),
                route.dialect(),
                route.access(),
                route.handler()));
    }
}
