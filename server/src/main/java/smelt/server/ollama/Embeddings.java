package smelt.server.ollama;

import static smelt.server.fields.Field.supported;

import java.util.List;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/embeddings}, the older way: one text, a vector of any length. */
final class Embeddings {
    static final Fields FIELDS = Fields.of(
            "/api/embeddings",
            List.of(
                    supported("model", Kind.STRING, "required"),
                    supported("prompt", Kind.STRING, "the text"),
                    supported("options", Kind.OBJECT, "of these num_ctx is checked"),
                    supported("keep_alive", Kind.ANY, "as in /api/chat")));

    private final Serving serving;

    Embeddings(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Options options = Options.of(body, serving);
        List<String> prompt =
                body.string("prompt").filter(text -> !text.isEmpty()).stream().toList();
        try (Lease lease = Lease.take(serving, body, exchange)) {
            options.context(lease.model());
            var texts = new TextVectors(lease.model(), prompt, false);
            ObjectNode answer = Json.object();
            var numbers = answer.putArray("embedding");
            texts.make(false, 0, exchange).forEach(vector -> TextVectors.write(vector, numbers));
            exchange.notes().put("prompt_tokens", texts.tokens());
            exchange.reply(200, answer);
        }
    }
}
