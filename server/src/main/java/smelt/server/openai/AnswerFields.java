package smelt.server.openai;

import static smelt.server.fields.Field.supported;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import smelt.engine.Request;
import smelt.server.fields.Body;
import smelt.server.fields.Field;
import smelt.server.fields.Field.Kind;
import smelt.server.fields.Fields;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How an answer comes, and how long it may be: what chat and completions have in common. */
final class AnswerFields {
    static final List<Field> FIELDS = List.of(
            supported("stream", Kind.BOOLEAN, "whether the answer comes as events"),
            supported(
                    "stream_options",
                    Kind.OBJECT,
                    "include_usage: a last chunk tells it; include_obfuscation changes nothing; only with stream"),
            supported("n", Kind.INTEGER, "how many answers, 1 to 128").atLeast(1),
            supported("n_predict", Kind.INTEGER, "llama.cpp's name of max_tokens; -1: the room left in the context")
                    .atLeast(-1));

    private AnswerFields() {}

    /** Whether a last chunk is to tell the usage. */
    static boolean includesUsage(Body body) {
        Optional<ObjectNode> options = body.object("stream_options");
        if (options.isPresent() && !body.flag("stream", false)) {
            throw Problem.invalid("stream_options", "stream_options is only for stream: true");
        }
        if (options.map(given -> given.path("continuous_usage_stats").asBoolean(false))
                .orElse(false)) {
            throw Problem.unsupported(
                    "stream_options.continuous_usage_stats",
                    "stream_options.continuous_usage_stats is not supported: include_usage tells it at the end");
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

    /**
     * The first of these fields that is there, and {@code n_predict} behind them.
     *
     * @param least the least that makes sense
     */
    static int maxTokens(Body body, int least, int otherwise, String... names) {
        OptionalLong limit = OptionalLong.empty();
        for (String name : names) {
            OptionalLong given = body.integer(name, least, Integer.MAX_VALUE);
            limit = limit.isPresent() ? limit : given;
        }
        OptionalLong llama = body.integer("n_predict", -1, Integer.MAX_VALUE);
        if (limit.isPresent() || llama.isEmpty()) {
            return (int) limit.orElse(otherwise);
        }
        return llama.getAsLong() < 0 ? Request.ROOM_LEFT : (int) Math.max(least, llama.getAsLong());
    }
}
