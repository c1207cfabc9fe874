package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import smelt.engine.Request;
import smelt.server.answers.AnswerForm;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.JsonNode;

/** {@code /v1/responses}, without memory: nothing is stored, and nothing stored is asked for. */
final class Responses {
    private static final String NOTHING_STORED = "nothing is stored; send the whole conversation as input";
    private static final String SCORES = "message.output_text.logprobs";
    /** Of the parts of answers that are never there. */
    private static final Set<String> HARMLESS = Set.of(SCORES, "reasoning.encrypted_content");

    /** What a conversation may have beside its items, whether it is answered or counted. */
    private static final List<Field> BESIDE_INPUT = List.of(
            refused("conversation", Kind.ANY, NOTHING_STORED),
            refused("previous_response_id", Kind.STRING, NOTHING_STORED),
            supported("text", Kind.OBJECT, "format: text, json_object or json_schema; verbosity changes nothing"),
            refused(
                    "truncation",
                    Kind.STRING,
                    "input is never cut",
                    value -> value.asString("").equals("disabled")));

    static final Fields FIELDS = Fields.of("/v1/responses", ResponseInput.FIELDS)
            .and(List.of(
                    supported("stream", Kind.BOOLEAN, "whether the answer comes as events"),
                    supported("max_output_tokens", Kind.INTEGER, "by default the room left in the context")
                            .atLeast(1),
                    supported("include", Kind.ARRAY, SCORES + " alone"),
                    supported("top_logprobs", Kind.INTEGER, "0 to 20, default 0; log-probabilities are then included")
                            .between(0, TokenDetails.MOST_TOP),
                    supported("metadata", Kind.OBJECT, "comes back with the answer, and is not stored"),
                    ignored("stream_options", Kind.OBJECT, "events are not padded"),
                    ignored("max_tool_calls", Kind.INTEGER, "it is about tools of the server, which has none"),
                    ignored("service_tier", Kind.STRING, "there is one"),
                    ignored("safety_identifier", Kind.STRING, "nothing is kept by user"),
                    ignored("prompt_cache_key", Kind.STRING, "prefixes are shared by all requests"),
                    ignored("prompt_cache_options", Kind.OBJECT, "prefixes are shared by all requests"),
                    ignored("prompt_cache_retention", Kind.STRING, "prefixes stay while there is room"),
                    refused("store", Kind.BOOLEAN, NOTHING_STORED, SamplingFields::isFalse),
                    refused("background", Kind.BOOLEAN, NOTHING_STORED, SamplingFields::isFalse),
                    refused("background_options", Kind.OBJECT, NOTHING_STORED),
                    refused("prompt", Kind.OBJECT, "no prompts are stored; send the text as input"),
                    refused("context_management", Kind.ARRAY, "input is never cut", SamplingFields::isEmpty),
                    refused("messages", Kind.ARRAY, "here they are input"),
                    refused("max_tokens", Kind.INTEGER, "here it is max_output_tokens"),
                    refused("max_completion_tokens", Kind.INTEGER, "here it is max_output_tokens"),
                    refused("response_format", Kind.OBJECT, "here it is text.format"),
                    refused("reasoning_effort", Kind.STRING, "here it is reasoning.effort"),
                    refused("image", Kind.OBJECT, "text alone"),
                    refused("moderation", Kind.OBJECT, "there is no moderation model"),
                    refused("access_programs", Kind.OBJECT, "there are none")))
            .and(BESIDE_INPUT)
            .and(ToolFields.FIELDS)
            .and(SamplingFields.FIELDS);

    static final Fields COUNTED = Fields.of("/v1/responses/input_tokens", ResponseInput.FIELDS)
            .and(BESIDE_INPUT)
            .and(ToolFields.FIELDS)
            .and(List.of(ignored("personality", Kind.STRING, "models here know none")));

    private final Serving serving;

    Responses(Serving serving) {
        this.serving = serving;
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = serving.read(FIELDS, exchange);
        Conversation input = ResponseInput.read(body, serving.limits());
        Optional<Shape> shape = ShapeFields.ofResponse(body, serving.limits());
        int top = body.integer("top_logprobs", 0, 0, TokenDetails.MOST_TOP);
        var details = new TokenDetails(includesScores(body) || top > 0, top, OptionalInt.empty(), false);
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int[] prompt = input.prompt(use.model(), ResponseInput.NAME);
            int maxTokens = (int)
                    body.integer("max_output_tokens", 1, Integer.MAX_VALUE).orElse(Request.ROOM_LEFT);
            AnswerForm form = input.form(use.model(), prompt, shape);
            Request request = form.constrained(
                    details.with(
                            SamplingFields.request(prompt, maxTokens, body, use.model(), exchange, serving.limits())),
                    use.model());
            try (Generation generation = Generation.start(
                    use.name(), use.model().engine(), List.of(new Call(request, 1)), serving, exchange)) {
                var answer = new ResponseAnswer(use, body, request, details, form.answer(), generation, exchange);
                if (body.flag("stream", false)) {
                    answer.stream();
                } else {
                    answer.whole();
                }
            }
        }
    }

    private static boolean includesScores(Body body) {
        List<JsonNode> wanted =
                body.array("include").map(given -> given.valueStream().toList()).orElse(List.of());
        wanted.forEach(name -> {
            if (!HARMLESS.contains(name.asString(""))) {
                throw Problem.unsupported(
                        "include", "include names " + Fields.described(name) + ", which is not there");
            }
        });
        return wanted.stream().anyMatch(name -> name.asString("").equals(SCORES));
    }

    /** {@code /v1/responses/input_tokens}. */
    void count(Exchange exchange) throws InterruptedException {
        Body body = serving.read(COUNTED, exchange);
        Conversation input = ResponseInput.read(body, serving.limits());
        try (ServedModels.InUse use = serving.use(body, exchange)) {
            int tokens = input.prompt(use.model(), ResponseInput.NAME).length;
            exchange.reply(
                    200, Json.object().put("object", "response.input_tokens").put("input_tokens", tokens));
        }
    }
}
