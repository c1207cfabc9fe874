package smelt.clients;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a chat got, whole or in a stream: all that must be the same when it is asked again.
 *
 * @param usage tokens of prompt and answer; those that were cached are left out
 * @param error the body where the status is not 200
 */
record Answer(int status, List<Choice> choices, String usage, String error) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String DATA = "data: ";

    /**
     * One of the answers.
     *
     * @param scores its tokens' log-probabilities as they were written
     */
    record Choice(String text, List<String> scores, String reason) {}

    static Answer of(HttpResponse<String> response) {
        boolean streamed = response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith("text/event-stream"))
                .isPresent();
        return of(response.statusCode(), streamed, response.body());
    }

    /** @param streamed whether the body is of server-sent events */
    static Answer of(int status, boolean streamed, String body) {
        if (status != 200) {
            return new Answer(status, List.of(), "", body);
        }
        return streamed ? ofStream(body) : ofWhole(JSON.readTree(body));
    }

    private static Answer ofWhole(JsonNode body) {
        List<Choice> choices = body.get("choices")
                .valueStream()
                .map(choice -> new Choice(
                        choice.at("/message/content").asString(),
                        scores(choice),
                        choice.get("finish_reason").asString()))
                .toList();
        return new Answer(200, choices, usage(body.get("usage")), "");
    }

    /** An {@code error} event makes it the answer's error; so does an end without {@code [DONE]}. */
    static Answer ofStream(String events) {
        var pieces = new TreeMap<Integer, Pieces>();
        String usage = "";
        String error = events.endsWith("data: [DONE]\n\n") ? "" : "the stream ends early: " + events;
        for (String line : events.lines().toList()) {
            if (line.startsWith("event: error")) {
                error = events;
            }
            if (line.startsWith(DATA + "{")) {
                JsonNode chunk = JSON.readTree(line.substring(DATA.length()));
                chunk.path("choices")
                        .forEach(choice -> pieces.computeIfAbsent(
                                        choice.get("index").asInt(), index -> new Pieces())
                                .add(choice));
                usage = chunk.hasNonNull("usage") ? usage(chunk.get("usage")) : usage;
            }
        }
        return new Answer(200, pieces.values().stream().map(Pieces::choice).toList(), usage, error);
    }

    private static final class Pieces {
        private final StringBuilder text = new StringBuilder();
        private final List<String> scores = new ArrayList<>();
        private String reason = "";

        void add(JsonNode choice) {
            text.append(choice.at("/delta/content").asString(""));
            scores.addAll(scores(choice));
            reason = choice.hasNonNull("finish_reason")
                    ? choice.get("finish_reason").asString()
                    : reason;
        }

        Choice choice() {
            return new Choice(text.toString(), List.copyOf(scores), reason);
        }
    }

    private static List<String> scores(JsonNode choice) {
        return choice.path("logprobs")
                .path("content")
                .valueStream()
                .map(JsonNode::toString)
                .toList();
    }

    private static String usage(JsonNode usage) {
        return usage.get("prompt_tokens") + " + " + usage.get("completion_tokens");
    }

    boolean isWhole() {
        return status == 200
                && error.isEmpty()
                && !choices.isEmpty()
                && choices.stream().noneMatch(choice -> choice.reason().isEmpty());
    }
}
