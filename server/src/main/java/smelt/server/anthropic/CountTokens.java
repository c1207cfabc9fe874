package smelt.server.anthropic;

import java.util.List;
import java.util.Map;
import smelt.server.fields.Body;
import smelt.server.fields.Fields;
import smelt.server.generation.Prompts;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.models.ServedModels;

/** {@code /v1/messages/count_tokens}. */
final class CountTokens {
    static final Fields FIELDS = Fields.of("/v1/messages/count_tokens", PromptFields.FIELDS);

    private final Serving serving;

    CountTokens(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        exchange.replyHeader(Messages.REQUEST_ID, exchange.id());
        Body body = serving.read(FIELDS, exchange);
        List<Map<String, Object>> turns = Turns.read(body, serving.limits().messages());
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int tokens = Prompts.ofChat(use.model(), turns, "messages").length;
            exchange.reply(200, Json.object().put("input_tokens", tokens));
        }
    }
}
