package smelt.server.openai;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.sampling.LogProbs;
import smelt.server.generation.TokenEntries;
import smelt.server.http.Json;
import smelt.tokenizer.Tokenizer;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities as OpenAI's chat and vLLM write them. */
final class TokenScores {
    private final TokenEntries entries;
    private final int top;

    /** @param top how many of the most likely tokens are told */
    TokenScores(Tokenizer tokenizer, int top) {
        entries = new TokenEntries(tokenizer);
        this.top = top;
    }

    /** Of a token that was asked for with log-probabilities. */
    ObjectNode of(Event.Token token, LogProbs scores) {
        return entries.of(token.id(), scores, top);
    }

    /** Of a prompt's token, by id: the most likely ones and itself; null for the first. */
    @Nullable
    ObjectNode ofPrompt(Event.PromptToken token) {
        LogProbs scores = token.logProbs();
        if (scores == null) {
            return null;
        }
        ObjectNode all = Json.object();
        List<LogProbs.Top> likely = scores.top();
        for (int rank = 0; rank < likely.size(); rank++) {
            LogProbs.Top other = likely.get(rank);
            if (rank < top || other.id() == token.id()) {
                all.set(Integer.toString(other.id()), ranked(other.id(), other.logProb(), rank + 1));
            }
        }
        if (!all.has(Integer.toString(token.id()))) {
            all.set(Integer.toString(token.id()), ranked(token.id(), scores.logProb(), null));
        }
        return all;
    }

    /** @param rank null where it is further down than was asked for */
    private ObjectNode ranked(int id, double logProb, @Nullable Integer rank) {
        return Json.object()
                .put("logprob", TokenEntries.finite(logProb))
                .put("rank", rank)
                .put("decoded_token", text(id));
    }

    /**
     * Where its bytes are no text by themselves they are spelled out, so that different tokens have different names.
     */
    String text(int id) {
        byte[] bytes = entries.bytes(id);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder spelled = new StringBuilder("bytes:");
            for (byte b : bytes) {
                spelled.append("\\x%02x".formatted(b & 0xFF));
            }
            return spelled.toString();
        }
    }
}
