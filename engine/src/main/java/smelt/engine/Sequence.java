package smelt.engine;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepBatch;

/**
 * One request on its way: its tokens, how many of them the model has computed, the KV blocks they lie in and the text
 * that is still held back. Touched by the engine's thread only, but for {@link #cancelled}.
 */
final class Sequence implements Handle {
    private static final int[] NO_BLOCKS = {};

    private final Request request;
    private final Consumer<Event> consumer;
    private final TextDecoder decoder;
    private final StopStrings stops;
    private final int tokenLimit;

    private int[] tokens;
    private int tokenCount;
    private int computed;
    private int promptScored;
    private int[] blocks = NO_BLOCKS;

    private volatile boolean cancelled;
    private volatile boolean finished;

    private final long submittedNanos;
    private boolean started;
    private long startedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;

    /** @param tokenLimit most tokens, prompt included, that this sequence may come to */
    Sequence(Request request, Consumer<Event> consumer, TextDecoder decoder, int tokenLimit, long nowNanos) {
        this.request = request;
        this.consumer = consumer;
        this.decoder = decoder;
        this.tokenLimit = tokenLimit;
        stops = new StopStrings(request.stop());
        tokens = request.prompt().clone();
        tokenCount = tokens.length;
        submittedNanos = nowNanos;
    }

    Request request() {
        return request;
    }

    int promptLength() {
        return request.prompt().length;
    }

    int tokenLimit() {
        return tokenLimit;
    }

    int[] tokens() {
        return tokens;
    }

    int tokenCount() {
        return tokenCount;
    }

    int[] blocks() {
        return blocks;
    }

    void start(int[] ownBlocks, long nowNanos) {
        blocks = ownBlocks;
        started = true;
        startedNanos = nowNanos;
    }

    /** The blocks it held; it holds none from now on. */
    int[] release() {
        int[] held = blocks;
        blocks = NO_BLOCKS;
        computed = 0;
        return held;
    }

    /** Tokens whose keys and values are not there yet. */
    int pending() {
        return tokenCount - computed;
    }

    boolean isDecoding() {
        return pending() == 1 && tokenCount > promptLength();
    }

    /** Whether the model's logits are wanted for every row of the next chunk, not only for the last token. */
    boolean scoresPrompt() {
        return request.promptLogProbs() && promptScored < promptLength();
    }

    /** The next {@code length} pending tokens. */
    StepBatch.Chunk chunk(int length) {
        boolean choosesNext = length == pending() && request.maxTokens() > 0;
        int logitsFrom = scoresPrompt() ? 0 : choosesNext ? length - 1 : length;
        return new StepBatch.Chunk(
                Arrays.copyOfRange(tokens, computed, computed + length), computed, blocks, logitsFrom);
    }

    void advance(int length) {
        computed += length;
    }

    /** The position of the next prompt token to be told; those before it were. */
    int promptScored() {
        return promptScored;
    }

    void tellPromptToken(@Nullable LogProbs logProbs) {
        int index = promptScored++;
        tell(new Event.PromptToken(index, tokens[index], logProbs));
    }

    /** Appends a chosen token, tells it, and returns why generation ends with it, or null where it goes on. */
    @Nullable
    FinishReason append(int token, @Nullable LogProbs logProbs, long nowNanos) {
        if (tokenCount == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(tokenLimit, tokenCount + Math.max(64, tokenCount / 2)));
        }
        tokens[tokenCount++] = token;
        firstTokenNanos = completionTokens() == 1 ? nowNanos : firstTokenNanos;
        lastTokenNanos = nowNanos;
        String text = stops.push(decoder.push(token));
        FinishReason reason = reasonToEnd(token);
        if (reason != null && !stops.stopped()) {
            text += stops.push(decoder.flush());
            text += stops.stopped() ? "" : stops.flush();
        }
        tell(new Event.Token(token, text, logProbs));
        return reason;
    }

    private @Nullable FinishReason reasonToEnd(int token) {
        if (stops.stopped()) {
            return FinishReason.STOP;
        }
        if (request.endIds().contains(token)) {
            return FinishReason.END;
        }
        if (completionTokens() == request.maxTokens()) {
            return FinishReason.LENGTH;
        }
        return tokenCount == tokenLimit ? FinishReason.CONTEXT : null;
    }

    private int completionTokens() {
        return tokenCount - promptLength();
    }

    Usage usage(long nowNanos) {
        boolean generated = completionTokens() > 0;
        return new Usage(
                promptLength(),
                0,
                completionTokens(),
                (started ? startedNanos : nowNanos) - submittedNanos,
                started ? (generated ? firstTokenNanos : nowNanos) - startedNanos : 0,
                generated ? lastTokenNanos - firstTokenNanos : 0);
    }

    void tell(Event event) {
        try {
            consumer.accept(event);
        } catch (Throwable e) {
            throw new ConsumerFailed(e);
        }
    }

    void finish() {
        finished = true;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    boolean isCancelled() {
        return cancelled;
    }
}
