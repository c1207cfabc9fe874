package smelt.server.ollama;

import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Map;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Prompts;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;

/** {@code /api/chat}; without messages it loads the model, or unloads it. */
final class Chat {
    static final Fields FIELDS = Fields.of(
                    "/api/chat",
                    List.of(
                            supported("messages", Kind.ARRAY, "roles system, user, assistant, tool; text alone"),
                            refused("tools", Kind.ARRAY, "tools are not there yet", AnswerFields::isEmpty)))
            .and(AnswerFields.FIELDS);

    private final Serving serving;

    Chat(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        List<Map<String, Object>> messages =
                ChatTurns.read(body, serving.limits().messages());
        Options options = Options.of(body, serving);
        try (Lease lease = Lease.take(serving, body, exchange)) {
            LoadedModel model = lease.model();
            if (messages.isEmpty()) {
                exchange.reply(200, Answer.Shape.CHAT.loaded(lease));
                return;
            }
            Request request = options.request(Prompts.ofChat(model, messages, "messages"), model, exchange);
            Answer.give(Answer.Shape.CHAT, lease, AnswerFields.withLogProbs(request, body), body, exchange, serving);
        }
    }
}
