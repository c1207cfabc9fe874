package smelt.server.anthropic;

import java.util.List;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Dialect;
import smelt.server.http.Route;

/** All of Anthropic's routes that there are. */
public final class AnthropicRoutes {
    private AnthropicRoutes() {}

    public static List<Route> of(Serving serving) {
        return List.of(
                Route.post("/v1/messages", Dialect.ANTHROPIC, new Messages(serving)::handle),
                Route.post("/v1/messages/count_tokens", Dialect.ANTHROPIC, new CountTokens(serving)::handle));
    }

    /** The tables of all routes that read a body. */
    public static List<Fields> fields() {
        return List.of(Messages.FIELDS, CountTokens.FIELDS);
    }
}
