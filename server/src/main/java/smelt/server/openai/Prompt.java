package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import smelt.engine.Embedder;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;

/**
 * What a text is to be made of, or to be continued from.
 *
 * @param text empty where it came as ids
 */
@SuppressWarnings("ArrayRecordComponent") // made here, never changed
record Prompt(Optional<String> text, int[] ids) {
    /** Prompts, or texts to embed, of one request. */
    private static final int MOST = 2048;

    /**
     * All of a field of kind {@link smelt.server.fields.Field.Kind#PROMPTS}.
     *
     * @param name of the field
     * @param tokenize text to ids
     * @throws Problem 400 where there is none, or one is empty
     */
    static List<Prompt> all(JsonNode value, String name, Function<String, int[]> tokenize) {
        boolean one = value.isString() || (!value.isEmpty() && value.get(0).isNumber());
        List<JsonNode> parts = one ? List.of(value) : value.valueStream().toList();
        if (parts.isEmpty() || parts.size() > MOST) {
            throw Problem.invalid(name, name + " has " + parts.size() + " parts; 1 to " + MOST + " are expected");
        }
        List<Prompt> all = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            all.add(of(parts.get(i), one ? name : name + "[" + i + "]", name, tokenize));
        }
        return all;
    }

    /**
     * Checks that texts, which are read and not continued, fit.
     *
     * @param name of the field they came in
     * @throws Problem 400 {@code context_length_exceeded}
     */
    static void checkFit(List<int[]> texts, String name, Embedder embedder) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).length > embedder.contextLength()) {
                throw Problem.invalid(
                                name,
                                name + "[" + i + "] has " + texts.get(i).length + " tokens, the model reads "
                                        + embedder.contextLength() + "; truncate_prompt_tokens: -1 cuts it")
                        .withCode("context_length_exceeded");
            }
        }
    }

    private static Prompt of(JsonNode part, String where, String name, Function<String, int[]> tokenize) {
        Optional<String> text = part.isString() ? Optional.of(part.stringValue()) : Optional.empty();
        int[] ids = text.map(tokenize)
                .orElseGet(() -> part.valueStream().mapToInt(JsonNode::intValue).toArray());
        if (ids.length == 0) {
            throw Problem.invalid(name, where + " is empty: it has no tokens");
        }
        return new Prompt(text, ids);
    }
}
