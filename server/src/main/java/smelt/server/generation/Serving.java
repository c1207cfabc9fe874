package smelt.server.generation;

import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.http.Exchange;
import smelt.server.models.ServedModels;

/**
 * What the routes of every protocol stand on.
 *
 * @param observer of what is generated
 * @param lenient whether fields that no table knows pass
 * @param limits of what a request may ask for
 */
public record Serving(ServedModels models, GenerationObserver observer, boolean lenient, Limits limits) {
    /**
     * Of one request.
     *
     * @param stops stop strings
     * @param stopCharacters of each of them
     * @param biases tokens in logit_bias
     * @param choices answers
     * @param messages of a chat
     * @param tools that may be called
     * @param schemaCharacters of a schema, a pattern or a grammar
     * @param unreadBytes of an answer that is told bit by bit, about, before a client that does not read is given up
     */
    public record Limits(
            int stops,
            int stopCharacters,
            int biases,
            int choices,
            int messages,
            int tools,
            int schemaCharacters,
            long unreadBytes) {
        public static final Limits DEFAULT = new Limits(64, 1024, 4096, 128, 10_000, 128, 256 << 10, 32 << 20);

        public Limits withUnreadBytes(long value) {
            return new Limits(stops, stopCharacters, biases, choices, messages, tools, schemaCharacters, value);
        }
    }

    /**
     * The body of a request, checked by its route's table.
     *
     * @throws smelt.server.http.Problem 400 and as {@link Exchange#body} says
     */
    public Body read(Fields table, Exchange exchange) {
        return table.read(exchange.body(), lenient);
    }

    /**
     * The model of a request, by its field {@code model}; noted for those who watch.
     *
     * @throws smelt.server.http.Problem as {@link ServedModels#use(java.util.Optional)} says
     */
    public ServedModels.InUse use(Body body, Exchange exchange) throws InterruptedException {
        ServedModels.InUse use = models.use(body.string("model"));
        exchange.notes().put("model", use.name());
        return use;
    }

    public static Serving of(ServedModels models) {
        return new Serving(models, new GenerationObserver() {}, false, Limits.DEFAULT);
    }
}
