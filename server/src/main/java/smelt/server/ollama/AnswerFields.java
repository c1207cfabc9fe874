package smelt.server.ollama;

import static smelt.server.fields.Field.ignored;
import static smelt.server.fields.Field.refused;
import static smelt.server.fields.Field.supported;

import java.util.List;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/** The fields that chat and generate share. */
final class AnswerFields {
    private static final int MOST_TOP_LOG_PROBS = 20;

    private AnswerFields() {}

    static final List<Field> FIELDS = List.of(
            supported("model", Kind.STRING, "required"),
            supported("stream", Kind.BOOLEAN, "whether the answer comes in lines; default true"),
            supported("options", Kind.OBJECT, "a table of its own"),
            supported("keep_alive", Kind.ANY, "how long the model stays: seconds or \"5m\"; 0 unloads it, -1 pins it"),
            supported("logprobs", Kind.BOOLEAN, "of the model itself, before temperature and penalties"),
            supported("top_logprobs", Kind.INTEGER, "0 to 20, with logprobs"),
            ignored("truncate", Kind.BOOLEAN, "a prompt is never cut: one that is too long is refused"),
            ignored("shift", Kind.BOOLEAN, "nothing is ever given up: an answer ends where the context is full"),
            refused("format", Kind.ANY, "answers cannot be constrained yet", AnswerFields::isEmpty),
            refused("think", Kind.ANY, "thoughts are not told apart from answers yet", AnswerFields::isFalse));

    static boolean isEmpty(JsonNode value) {
        return (value.isContainer() && value.isEmpty())
                || (value.isString() && value.stringValue().isEmpty());
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.booleanValue();
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
