package smelt.server.openai;

import org.jspecify.annotations.Nullable;
import smelt.engine.sampling.LogProbs;
import smelt.server.generation.TokenEntries;
import smelt.server.http.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities as OpenAI's completions write them: four lists of equal length. */
final class CompletionScores {
    private final TokenScores scores;
    private final int top;
    private final ObjectNode lists = Json.object();
    private final ArrayNode tokens = lists.putArray("tokens");
    private final ArrayNode logProbs = lists.putArray("token_logprobs");
    private final ArrayNode likely = lists.putArray("top_logprobs");
    private final ArrayNode offsets = lists.putArray("text_offset");

    /** @param top how many of the most likely tokens are told */
    CompletionScores(TokenScores scores, int top) {
        this.scores = scores;
        this.top = top;
    }

    /**
     * Adds a token.
     *
     * @param given null for the first of a prompt
     * @param offset code points of the text before it
     */
    void add(int id, @Nullable LogProbs given, int offset) {
        String text = scores.text(id);
        tokens.add(text);
        offsets.add(offset);
        if (given == null) {
            logProbs.addNull();
            likely.addNull();
            return;
        }
        logProbs.add(TokenEntries.finite(given.logProb()));
        ObjectNode byText = likely.addObject();
        // two tokens may have one text: the likelier one counts
        given.top().stream()
                .limit(top)
                .forEach(other -> byText.putIfAbsent(
                        scores.text(other.id()), byText.numberNode(TokenEntries.finite(other.logProb()))));
        byText.putIfAbsent(text, byText.numberNode(TokenEntries.finite(given.logProb())));
    }

    void addAll(CompletionScores others) {
        tokens.addAll(others.tokens);
        logProbs.addAll(others.logProbs);
        likely.addAll(others.likely);
        offsets.addAll(others.offsets);
    }

    ObjectNode json() {
        return lists;
    }
}
