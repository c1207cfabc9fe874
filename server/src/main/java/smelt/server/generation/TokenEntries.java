package smelt.server.generation;

import java.nio.charset.StandardCharsets;
import smelt.engine.sampling.LogProbs;
import smelt.server.http.Json;
import smelt.tokenizer.Tokenizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens with their log-probabilities as JSON: {@code token}, {@code logprob}, {@code bytes}. */
public final class TokenEntries {
    /** JSON has no infinity. */
    private static final double LEAST = -9999;

    private final Tokenizer tokenizer;

    public TokenEntries(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Of one token. */
    public ObjectNode of(int id, double logProb) {
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

    /** Of one token, with {@code top_logprobs}: at most so many of the most likely ones. */
    public ObjectNode of(int id, LogProbs scores, int top) {
        ObjectNode entry = of(id, scores.logProb());
        ArrayNode others = entry.putArray("top_logprobs");
        scores.top().stream().limit(top).forEach(other -> others.add(of(other.id(), other.logProb())));
        return entry;
    }

    public static double finite(double logProb) {
        return Math.max(LEAST, logProb);
    }

    /** Control tokens are spelled out; weights may have rows beyond the vocabulary. */
    public byte[] bytes(int id) {
        return id < tokenizer.vocabularySize() ? tokenizer.bytes(id, true) : new byte[0];
    }
}
