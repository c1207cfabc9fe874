package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.supported;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.engine.LoadedModel;
import smelt.engine.Request;
import smelt.server.answers.Conversation;
import smelt.server.answers.Shape;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that chat and generate share. */
final class AnswerFields {
    private static final int MOST_TOP_LOG_PROBS = 20;
    private static final String FORMAT = "format";
    private static final String THINK = "think";
    private static final Map<String, String> BESIDE_OPTIONS =
            Map.of("temperature", "temperature", "top_p", "top_p", "max_output_tokens", "num_predict");
    private static final String IN_OPTIONS = "some clients send it here; its place is options";
    private static final Set<String> LEVELS = Set.of("low", "medium", "high");

    private AnswerFields() {}

    static final List<Field> FIELDS = List.of(
            supported("model", Kind.STRING, "required"),
            supported("stream", Kind.BOOLEAN, "whether the answer comes in lines; default true"),
            supported("options", Kind.OBJECT, "a table of its own"),
            supported("temperature", Kind.NUMBER, IN_OPTIONS),
            supported("top_p", Kind.NUMBER, IN_OPTIONS),
            supported("max_output_tokens", Kind.INTEGER, IN_OPTIONS + ", as num_predict"),
            supported("keep_alive", Kind.ANY, "how long the model stays: seconds or \"5m\"; 0 unloads it, -1 pins it"),
            supported("logprobs", Kind.BOOLEAN, "of the model itself, before temperature and penalties"),
            supported("top_logprobs", Kind.INTEGER, "0 to 20, with logprobs").between(0, MOST_TOP_LOG_PROBS),
            ignored("truncate", Kind.BOOLEAN, "a prompt is never cut: one that is too long is refused"),
            ignored("shift", Kind.BOOLEAN, "nothing is ever given up: an answer ends where the context is full"),
            supported("format", Kind.ANY, "\"json\" or a JSON schema: what the answer must be"),
            supported(
                    "think",
                    Kind.ANY,
                    "true, false, low, medium or high: told to the model's template; true is refused where it knows no "
                            + "thoughts"));

    static boolean isEmpty(JsonNode value) {
        return (value.isContainer() && value.isEmpty())
                || (value.isString() && value.stringValue().isEmpty());
    }

    /** What an answer must be; empty where it is free. */
    static Optional<Shape> shape(Body body, Serving.Limits limits) {
        return body.any(FORMAT).filter(format -> !isEmpty(format)).map(format -> {
            if (format.isString() && format.stringValue().equals("json")) {
                return Shape.object(FORMAT);
            }
            if (format.isObject()) {
                return Shape.schema(format, FORMAT, limits);
            }
            throw Problem.invalid(FORMAT, "format must be json or a JSON schema but is " + Fields.described(format));
        });
    }

    /** The options of a request, with those that some clients send beside them. */
    static Options options(Body body, Serving serving) {
        ObjectNode options = body.object("options").map(ObjectNode::deepCopy).orElseGet(Json::object);
        BESIDE_OPTIONS.forEach((name, option) -> body.any(name).ifPresent(value -> options.putIfAbsent(option, value)));
        return Options.of(options, serving);
    }

    /** What a model's template is told. */
    static Map<String, Object> variables(Body body, LoadedModel model) {
        Map<String, Object> variables = new LinkedHashMap<>();
        body.any(THINK).ifPresent(think -> {
            boolean wanted = think.isBoolean() ? think.booleanValue() : LEVELS.contains(think.asString(""));
            if (!wanted && !think.isBoolean()) {
                throw Problem.invalid(
                        THINK, "think must be true, false, low, medium or high but is " + Fields.described(think));
            }
            boolean can = Conversation.canThink(model);
            if (wanted && !can) {
                throw Problem.unsupported(THINK, "think is not supported: " + model.name() + " knows no thoughts");
            }
            if (can) {
                variables.put("enable_thinking", wanted);
            }
            if (think.isString()) {
                variables.put("reasoning_effort", think.stringValue());
            }
        });
        return variables;
    }

    static Request withLogProbs(Request request, Body body) {
        boolean wanted = body.flag("logprobs", false);
        int top = body.integer("top_logprobs", 0, 0, MOST_TOP_LOG_PROBS);
        if (top > 0 && !wanted) {
            throw Problem.invalid("top_logprobs", "top_logprobs is only for logprobs: true");
        }
        return wanted ? request.withLogProbs(top) : request;
    }
}
