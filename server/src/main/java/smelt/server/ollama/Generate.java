package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.answers.ToolUse;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;

/** {@code /api/generate}; without a prompt it loads the model, or unloads it. */
final class Generate {
    private static final String NO_PICTURES = "no pictures are made";

    static final Fields FIELDS = Fields.of(
                    "/api/generate",
                    List.of(
                            supported("prompt", Kind.STRING, "what the user says; with raw, the text to continue"),
                            supported("system", Kind.STRING, "what the system says; not with raw"),
                            supported("raw", Kind.BOOLEAN, "whether the prompt is continued without a template"),
                            refused("suffix", Kind.STRING, "text is not filled in", AnswerFields::isEmpty),
                            refused(
                                    "template",
                                    Kind.STRING,
                                    "the model's own template is taken",
                                    AnswerFields::isEmpty),
                            refused(
                                    "context",
                                    Kind.ARRAY,
                                    "an earlier talk is told by /api/chat",
                                    AnswerFields::isEmpty),
                            refused("images", Kind.ARRAY, "models here read text alone", AnswerFields::isEmpty),
                            ignored("width", Kind.INTEGER, NO_PICTURES),
                            ignored("height", Kind.INTEGER, NO_PICTURES),
                            ignored("steps", Kind.INTEGER, NO_PICTURES)))
            .and(AnswerFields.FIELDS);

    private final Serving serving;

    Generate(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Optional<Shape> shape = AnswerFields.shape(body, serving.limits());
        Options options = AnswerFields.options(body, serving);
        try (Lease lease = Lease.take(serving, body, exchange)) {
            LoadedModel model = lease.model();
            String text = body.string("prompt").orElse("");
            if (text.isEmpty()) {
                exchange.reply(200, Answer.Shape.GENERATE.loaded(lease));
                return;
            }
            Optional<Conversation> chat = chat(body, text, model);
            int[] prompt = chat.map(messages -> messages.prompt(model, "prompt"))
                    .orElseGet(() -> model.rawPrompt(rawText(body, text)));
            AnswerForm form =
                    chat.map(messages -> messages.form(model, prompt, shape)).orElseGet(() -> AnswerForm.of(shape));
            Request request = form.constrained(options.request(prompt, model, exchange), model)
                    .withTextContinued(chat.isEmpty());
            Answer.give(
                    Answer.Shape.GENERATE,
                    lease,
                    AnswerFields.withLogProbs(request, body),
                    form,
                    body,
                    exchange,
                    serving);
        }
    }

    private static String rawText(Body body, String text) {
        String system = body.flag("raw", false) ? "" : body.string("system").orElse("");
        return system.isEmpty() ? text : system + "\n" + text;
    }

    /** Empty for a model without a template, which continues the text, as it does with raw. */
    private static Optional<Conversation> chat(Body body, String text, LoadedModel model) {
        model.engine(); // a model that does not write says so itself
        Map<String, Object> variables = AnswerFields.variables(body, model);
        if (body.flag("raw", false) || model.chatFormat().isEmpty()) {
            return Optional.empty();
        }
        List<Map<String, Object>> messages = new ArrayList<>();
        body.string("system")
                .filter(system -> !system.isEmpty())
                .ifPresent(system -> messages.add(Map.of("role", "system", "content", system)));
        messages.add(Map.of("role", "user", "content", text));
        return Optional.of(Conversation.continued(messages, variables, ToolUse.NONE));
    }
}
