package smelt.server.anthropic;

import static smelt.server.fields.Field.ignored;

import java.util.List;
import smelt.server.answers.Conversation;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;

/** {@code /v1/messages/count_tokens}. */
final class CountTokens {
    static final Fields FIELDS = Fields.of("/v1/messages/count_tokens", PromptFields.FIELDS)
            .and(List.of(ignored("compaction", Kind.OBJECT, "messages are counted as they are")));

    private final Serving serving;

    CountTokens(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Conversation chat = PromptFields.read(body, serving.limits());
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int tokens = chat.prompt(use.model(), "messages").length;
            exchange.reply(200, Json.object().put("input_tokens", tokens));
        }
    }
}
