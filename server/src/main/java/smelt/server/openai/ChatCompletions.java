package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.fields.Body;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.JsonNode;

/** {@code /v1/chat/completions}. */
final class ChatCompletions {
    static final Fields FIELDS = Fields.of(
                    "/v1/chat/completions",
                    List.of(
                            supported("model", Kind.STRING, "by default the first that is served"),
                            supported("max_completion_tokens", Kind.INTEGER, "by default the room left in the context")
                                    .atLeast(1),
                            supported("max_tokens", Kind.INTEGER, "older name of max_completion_tokens")
                                    .atLeast(1),
                            supported(
                                    "logprobs", Kind.BOOLEAN, "of the model itself, before temperature and penalties"),
                            supported("top_logprobs", Kind.INTEGER, "0 to 20, with logprobs")
                                    .between(0, TokenDetails.MOST_TOP),
                            ignored("store", Kind.BOOLEAN, "nothing is stored"),
                            ignored("metadata", Kind.OBJECT, "nothing is stored"),
                            ignored("service_tier", Kind.STRING, "there is one"),
                            ignored("safety_identifier", Kind.STRING, "nothing is kept by user"),
                            ignored("prompt_cache_key", Kind.STRING, "prefixes are shared by all requests"),
                            ignored("prompt_cache_options", Kind.OBJECT, "prefixes are shared by all requests"),
                            ignored("prompt_cache_retention", Kind.STRING, "prefixes stay while there is room"),
                            ignored(
                                    "prediction",
                                    Kind.OBJECT,
                                    "guesses come from the text itself and change no answer"),
                            supported("include_reasoning", Kind.BOOLEAN, "whether thoughts are told, default true"),
                            supported(
                                    "reasoning_format",
                                    Kind.STRING,
                                    "none leaves thoughts in content, as the model writes them; with all others they "
                                            + "are reasoning_content"),
                            ShapeFields.RESPONSE_FORMAT,
                            ignored("verbosity", Kind.STRING, "models here know no levels"),
                            refused("modalities", Kind.ARRAY, "text alone", ChatCompletions::isTextAlone),
                            refused("audio", Kind.OBJECT, "text alone"),
                            refused("moderation", Kind.OBJECT, "there is no moderation model"),
                            refused("web_search_options", Kind.OBJECT, "the server searches nothing"),
                            refused("echo", Kind.BOOLEAN, "an answer is told alone", SamplingFields::isFalse),
                            refused(
                                    "add_special_tokens",
                                    Kind.BOOLEAN,
                                    "the template says which",
                                    SamplingFields::isFalse)))
            .and(ChatFields.FIELDS)
            .and(AnswerFields.FIELDS)
            .and(TokenDetails.FIELDS)
            .and(SamplingFields.FIELDS);

    private final Serving serving;

    ChatCompletions(Serving serving) {
        this.serving = serving;
    }

    private static boolean isTextAlone(JsonNode modalities) {
        return modalities.size() == 1 && modalities.path(0).asString("").equals("text");
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Conversation chat = ChatFields.read(body, serving.limits());
        Optional<Shape> shape = ShapeFields.ofChat(body, serving.limits());
        boolean usage = AnswerFields.includesUsage(body);
        TokenDetails details = details(body);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int[] prompt = chat.prompt(use.model(), "messages");
            AnswerForm form = form(chat, body, use.model(), prompt, shape);
            Request request = form.constrained(request(body, use.model(), prompt, details, exchange), use.model())
                    .withTextContinued(chat.options().continuesLast());
            Call call = new Call(request, SamplingFields.choices(body, serving.limits()));
            try (Generation generation =
                    Generation.start(use.name(), use.model().engine(), List.of(call), serving, exchange)) {
                var answer = new ChatAnswer(use, request, details, telling(body), form, generation, exchange);
                if (body.flag("stream", false)) {
                    answer.stream(usage);
                } else {
                    answer.whole();
                }
            }
        }
    }

    private static AnswerForm form(
            Conversation chat, Body body, LoadedModel model, int[] prompt, Optional<Shape> shape) {
        AnswerForm form = chat.form(model, prompt, shape);
        return body.string("reasoning_format").orElse("").equals("none") ? form.withThoughtsInContent() : form;
    }

    private static ChatAnswer.Telling telling(Body body) {
        return new ChatAnswer.Telling(body.flag("include_reasoning", true), ToolFields.isOlder(body));
    }

    private static TokenDetails details(Body body) {
        boolean scored = body.flag("logprobs", false);
        int top = body.integer("top_logprobs", 0, 0, TokenDetails.MOST_TOP);
        if (top > 0 && !scored) {
            throw Problem.invalid("top_logprobs", "top_logprobs is only for logprobs: true");
        }
        return TokenDetails.read(body, scored, top);
    }

    private Request request(Body body, LoadedModel model, int[] prompt, TokenDetails details, Exchange exchange) {
        int maxTokens = AnswerFields.maxTokens(body, 1, Request.ROOM_LEFT, "max_completion_tokens", "max_tokens");
        return details.with(SamplingFields.request(prompt, maxTokens, body, model, exchange, serving.limits()));
    }
}
