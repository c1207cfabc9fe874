package smelt.server.openai;

import java.nio.charset.StandardCharsets;
import smelt.engine.Event;
import smelt.engine.sampling.LogProbs;
import smelt.server.http.Json;
import smelt.tokenizer.Tokenizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Log-probabilities as OpenAI's chat writes them. */
final class TokenScores {
    /** JSON has no infinity. */
    private static final double LEAST = -9999;

    private final Tokenizer tokenizer;

    TokenScores(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Of a token that was asked for with log-probabilities. */
    ObjectNode of(Event.Token token, LogProbs scores) {
        ObjectNode entry = entry(token.id(), scores.logProb());
        ArrayNode top = entry.putArray("top_logprobs");
        scores.top().forEach(other -> top.add(entry(other.id(), other.logProb())));
        return entry;
    }

    private ObjectNode entry(int id, double logProb) {
        byte[] bytes = bytes(id);
        ObjectNode entry = Json.object()
                .put("token", new String(bytes, StandardCharsets.UTF_8))
                .put("logprob", finite(logProb));
        ArrayNode list = entry.putArray("bytes");
        for (byte b : bytes) {
            list.add(b & 0xFF);
        }
        return entry;
    }

    static double finite(double logProb) {
        return Math.max(LEAST, logProb);
    }

    /** Control tokens are spelled out. */
    byte[] bytes(int id) {
        // weights may have rows beyond the vocabulary
        return id < tokenizer.vocabularySize() ? tokenizer.bytes(id, true) : new byte[0];
    }
}
