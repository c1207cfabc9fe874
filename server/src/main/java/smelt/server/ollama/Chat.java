package smelt.server.ollama;

import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.answers.ToolReader;
import smelt.server.answers.ToolUse;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code /api/chat}; without messages it loads the model, or unloads it. */
final class Chat {
    static final Fields FIELDS = Fields.of(
                    "/api/chat",
                    List.of(
                            supported(
                                    "messages",
                                    Kind.ARRAY,
                                    "roles system, user, assistant, tool; with tool_calls and tool_name; text alone; a "
                                            + "last one of the assistant is continued"),
                            supported(
                                    "tools",
                                    Kind.ARRAY,
                                    "of type function; calls keep to their parameters' schemas, always"),
                            refused("tool_choice", Kind.ANY, "the model decides", Chat::leavesTheChoice)))
            .and(AnswerFields.FIELDS);

    private final Serving serving;

    Chat(Serving serving) {
        this.serving = serving;
    }

    private static boolean leavesTheChoice(JsonNode choice) {
        return choice.asString("").equals("auto");
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        List<Map<String, Object>> messages =
                ChatTurns.read(body, serving.limits().messages());
        ToolUse tools = tools(body);
        Optional<Shape> shape = AnswerFields.shape(body, serving.limits());
        Options options = AnswerFields.options(body, serving);
        try (Lease lease = Lease.take(serving, body, exchange)) {
            LoadedModel model = lease.model();
            if (messages.isEmpty()) {
                exchange.reply(200, Answer.Shape.CHAT.loaded(lease));
                return;
            }
            Conversation chat = Conversation.continued(messages, AnswerFields.variables(body, model), tools);
            int[] prompt = chat.prompt(model, "messages");
            AnswerForm form = chat.form(model, prompt, shape);
            Request request = form.constrained(options.request(prompt, model, exchange), model)
                    .withTextContinued(chat.options().continuesLast());
            Answer.give(
                    Answer.Shape.CHAT, lease, AnswerFields.withLogProbs(request, body), form, body, exchange, serving);
        }
    }

    private ToolUse tools(Body body) {
        var reader = new ToolReader(serving.limits(), "tools");
        ArrayNode all = body.array("tools").orElse(null);
        for (int i = 0; all != null && i < all.size(); i++) {
            reader.add(all.get(i).path("function"), "tools[" + i + "].function", "parameters");
        }
        return reader.all(ToolUse.Choice.MODEL, true);
    }
}
