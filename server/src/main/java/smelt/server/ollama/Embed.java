package smelt.server.ollama;

import static smelt.server.fields.Field.supported;

import java.util.List;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/embed}; without texts it loads the model, or unloads it. */
final class Embed {
    static final Fields FIELDS = Fields.of(
            "/api/embed",
            List.of(
                    supported("model", Kind.STRING, "required"),
                    supported("input", Kind.STRINGS, "the texts"),
                    supported(
                            "truncate", Kind.BOOLEAN, "whether a text that is too long is cut; default false: refused"),
                    supported("dimensions", Kind.INTEGER, "how many numbers of each vector; default all")
                            .atLeast(0),
                    supported("options", Kind.OBJECT, "of these num_ctx is checked"),
                    supported("keep_alive", Kind.ANY, "as in /api/chat")));

    private final Serving serving;

    Embed(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Options options = Options.of(body, serving);
        int dimensions = body.integer("dimensions", 0, 0, Integer.MAX_VALUE);
        try (Lease lease = Lease.take(serving, body, exchange)) {
            options.context(lease.model());
            var texts = new TextVectors(lease.model(), body.strings("input"), body.flag("truncate", false));
            ObjectNode answer = Json.object().put("model", lease.asked());
            ArrayNode vectors = answer.putArray("embeddings");
            texts.make(true, dimensions, exchange).forEach(vector -> TextVectors.write(vector, vectors.addArray()));
            exchange.notes().put("prompt_tokens", texts.tokens());
            exchange.reply(
                    200,
                    answer.put("total_duration", System.nanoTime() - lease.began())
                            .put("load_duration", lease.loadNanos())
                            .put("prompt_eval_count", texts.tokens()));
        }
    }
}
