package smelt.server.openai;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Call;
import smelt.server.generation.Generation;
import smelt.server.generation.Serving;
import smelt.server.http.Exchange;
import smelt.server.http.Problem;
import smelt.server.models.ServedModels;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/chat/completions}. */
final class ChatCompletions {
    private static final String NO_TOOLS = "tools are not there yet";

    static final Fields FIELDS = Fields.of(
                    "/v1/chat/completions",
                    List.of(
                            supported(
                                    "messages",
                                    Kind.ARRAY,
                                    "roles system, developer, user, assistant, tool; text alone"),
                            supported("model", Kind.STRING, "by default the first that is served"),
                            supported("max_completion_tokens", Kind.INTEGER, "by default the room left in the context"),
                            supported("max_tokens", Kind.INTEGER, "older name of max_completion_tokens"),
                            supported("n_predict", Kind.INTEGER, "llama.cpp's name of it; -1: no limit"),
                            supported("stream", Kind.BOOLEAN, "whether the answer comes as events"),
                            supported("stream_options", Kind.OBJECT, "include_usage; only with stream"),
                            supported(
                                    "logprobs", Kind.BOOLEAN, "of the model itself, before temperature and penalties"),
                            supported("top_logprobs", Kind.INTEGER, "0 to 20, with logprobs"),
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
                            ignored("parallel_tool_calls", Kind.BOOLEAN, NO_TOOLS),
                            ignored("reasoning_effort", Kind.STRING, "the model's own template decides"),
                            ignored("verbosity", Kind.STRING, "models here know no levels"),
                            refused("tools", Kind.ARRAY, NO_TOOLS, SamplingFields::isEmpty),
                            refused("tool_choice", Kind.ANY, NO_TOOLS, ChatCompletions::isNoChoice),
                            refused("functions", Kind.ARRAY, NO_TOOLS, SamplingFields::isEmpty),
                            refused("function_call", Kind.ANY, NO_TOOLS, ChatCompletions::isNoChoice),
                            refused(
                                    "response_format",
                                    Kind.OBJECT,
                                    "answers cannot be constrained yet, only {\"type\": \"text\"} passes",
                                    format -> format.path("type").asString("").equals("text")),
                            refused("modalities", Kind.ARRAY, "text alone", ChatCompletions::isTextAlone),
                            refused("audio", Kind.OBJECT, "text alone"),
                            refused("moderation", Kind.OBJECT, "there is no moderation model"),
                            refused("web_search_options", Kind.OBJECT, "the server searches nothing"),
                            refused(
                                    "add_generation_prompt",
                                    Kind.BOOLEAN,
                                    "an answer is always begun",
                                    SamplingFields::isTrue),
                            refused(
                                    "continue_final_message",
                                    Kind.BOOLEAN,
                                    "an answer is always a new message",
                                    SamplingFields::isFalse),
                            refused("chat_template", Kind.STRING, "the model's own template is taken"),
                            refused(
                                    "chat_template_kwargs",
                                    Kind.OBJECT,
                                    "the model's own template is taken as it is",
                                    SamplingFields::isEmpty)))
            .and(SamplingFields.FIELDS);

    private final Serving serving;

    ChatCompletions(Serving serving) {
        this.serving = serving;
    }

    private static boolean isNoChoice(JsonNode choice) {
        return choice.isString()
                && (choice.stringValue().equals("none") || choice.stringValue().equals("auto"));
    }

    private static boolean isTextAlone(JsonNode modalities) {
        return modalities.size() == 1 && modalities.get(0).asString("").equals("text");
    }

    void handle(Exchange exchange) throws InterruptedException {
        Body body = FIELDS.read(exchange.body(), serving.lenient());
        List<Map<String, Object>> messages =
                ChatMessages.read(body.required("messages"), serving.limits().messages());
        boolean streams = body.flag("stream", false);
        boolean usage = includesUsage(body, streams);
        try (ServedModels.InUse use = serving.models().use(body.string("model"))) {
            exchange.notes().put("model", use.name());
            Request request = request(body, use.model(), messages, exchange);
            Call call = new Call(request, SamplingFields.choices(body, serving.limits()));
            exchange.check();
            try (Generation generation =
                    Generation.start(use.name(), use.model().engine(), List.of(call), serving.observer())) {
                exchange.whenOver(generation::cancel);
                var answer = new ChatAnswer(use, request, generation, exchange);
                if (streams) {
                    answer.stream(usage);
                } else {
                    answer.whole();
                }
            }
        }
    }

    private static boolean includesUsage(Body body, boolean streams) {
        Optional<ObjectNode> options = body.object("stream_options");
        if (options.isPresent() && !streams) {
            throw Problem.invalid("stream_options", "stream_options is only for stream: true");
        }
        JsonNode wanted = options.map(given -> given.path("include_usage")).orElse(null);
        if (wanted == null || wanted.isMissingNode() || wanted.isNull()) {
            return false;
        }
        if (!wanted.isBoolean()) {
            throw Problem.invalid(
                    "stream_options.include_usage",
                    "stream_options.include_usage must be true or false but is " + Fields.described(wanted));
        }
        return wanted.booleanValue();
    }

    private Request request(Body body, LoadedModel model, List<Map<String, Object>> messages, Exchange exchange) {
        if (model.chatFormat().isEmpty()) {
            model.engine(); // a model that does not write at all says so itself
            throw Problem.of(
                    400,
                    model.name() + " has no chat template; it continues text: /v1/completions",
                    Problem.INVALID_REQUEST,
                    "unsupported_operation");
        }
        int[] prompt = model.chatPrompt(messages);
        SamplingFields.checkLength(prompt, model, "messages");
        Request request = SamplingFields.request(prompt, body, model, exchange, serving.limits())
                .withMaxTokens(maxTokens(body));
        boolean logProbs = body.flag("logprobs", false);
        int top = SamplingFields.topLogProbs(body, "top_logprobs");
        if (top > 0 && !logProbs) {
            throw Problem.invalid("top_logprobs", "top_logprobs is only for logprobs: true");
        }
        return logProbs ? request.withLogProbs(top) : request;
    }

    private static int maxTokens(Body body) {
        OptionalLong limit = body.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        OptionalLong older = body.integer("max_tokens", 1, Integer.MAX_VALUE);
        OptionalLong llama = body.integer("n_predict", -1, Integer.MAX_VALUE);
        if (limit.isPresent()) {
            return (int) limit.getAsLong();
        }
        if (older.isPresent()) {
            return (int) older.getAsLong();
        }
        return llama.isPresent() && llama.getAsLong() >= 0 ? (int) llama.getAsLong() : Request.ROOM_LEFT;
    }

    /** For tests of the table. */
    static List<Field> fields() {
        return List.copyOf(FIELDS.all());
    }
}
