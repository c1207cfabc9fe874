package smelt.server.openai;

import static smelt.server.fields.Field.supported;

import java.util.List;
import smelt.server.answers.Conversation;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;

/** {@code /apply-template}: the text that the model would read of a chat. */
final class ApplyTemplate {
    static final Fields FIELDS = Fields.of(
                    "/apply-template", List.of(supported("model", Kind.STRING, "by default the first that is served")))
            .and(ChatFields.FIELDS);

    private final Serving serving;

    ApplyTemplate(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Conversation chat = ChatFields.read(body, serving.limits());
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            exchange.reply(200, Json.object().put("prompt", chat.text(use.model())));
        }
    }
}
