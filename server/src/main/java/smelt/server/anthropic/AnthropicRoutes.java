package smelt.server.anthropic;

import java.util.ArrayList;
import java.util.List;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Route;

/** All of Anthropic's routes; those that batch messages are refused. */
public final class AnthropicRoutes {
    private AnthropicRoutes() {}

    public static List<Route> of(Serving serving) {
        List<Route> all = new ArrayList<>();
        all.add(Route.post("/v1/messages", Dialect.ANTHROPIC, new Messages(serving)::handle));
        all.add(Route.post("/v1/messages/count_tokens", Dialect.ANTHROPIC, new CountTokens(serving)::handle));
        all.addAll(Route.missing("/v1/messages/batches", Dialect.ANTHROPIC, "Batch processing"));
        return all;
    }

    /** The tables of all routes that read a body. */
    public static List<Fields> fields() {
        return List.of(Messages.FIELDS, CountTokens.FIELDS);
    }
}
