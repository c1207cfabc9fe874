package smelt.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Constraint;
import smelt.engine.constraint.Cursor;
import smelt.engine.guess.Guessed;
import smelt.engine.guess.Guesses;
import smelt.engine.sampling.LogProbs;
import smelt.engine.sampling.Sampler;
import smelt.engine.sampling.TokenSet;
import smelt.runtime.StepBatch;

/**
 * One request on its way: its tokens, how many of them the model has computed, the KV blocks they lie in and the text
 * that is still held back. Touched by the engine's thread only, but for {@link #cancelled}.
 */
final class Sequence implements Handle, Guessed {
    private static final Duration FOREVER = Duration.ofDays(10_000);
    private static final Request ANY_REQUEST = Request.of(0);

    private final Request request;
    private final Consumer<Event> consumer;
    private final TextDecoder decoder;
    private final StopStrings stops;
    private final int tokenLimit;
    private final Consumer<Sequence> cancels;

    private final int promptLength;
    private int[] tokens;
    private int tokenCount;
    private int computed;
    private int promptScored;
    private int[] blocks = new int[4];
    private int blockCount;
    /** The first ones of its blocks, which the tree knows. */
    private int sharedBlocks;

    private long arrival;
    private boolean started;
    private boolean running;
    private boolean preempted;
    private int cachedTokens;
    /** Pending tokens that the coming step computes. */
    private int scheduled;
    /** At the tokens after them, computed in the same step; and how many of them came true in it. */
    private final Guesses guesses;

    private int accepted;
    /** Where its text stands in the grammar that it must fit; null where it is free. */
    private @Nullable Cursor cursor;

    private final StepBatch.Chunk chunk;
    /** Another sequence that is about to compute the same {@link #awaited} first positions; null for none. */
    private @Nullable Sequence leader;

    private int awaited;

    private volatile boolean cancelled;
    private volatile boolean finished;

    private final long submittedNanos;
    private long startedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;

    /**
     * @param tokenLimit most tokens, prompt included, that this sequence may come to
     * @param cancels told on the canceller's thread when it is cancelled
     */
    Sequence(
            Request request,
            Consumer<Event> consumer,
            TextDecoder decoder,
            int tokenLimit,
            long nowNanos,
            Consumer<Sequence> cancels) {
        this(
                request,
                request.prompt().clone(),
                request.prompt().length,
                consumer,
                decoder,
                tokenLimit,
                nowNanos,
                cancels);
    }

    private Sequence(
            Request request,
            int[] tokens,
            int promptLength,
            Consumer<Event> consumer,
            TextDecoder decoder,
            int tokenLimit,
            long nowNanos,
            Consumer<Sequence> cancels) {
        this.cancels = cancels;
        this.request = request;
        this.promptLength = promptLength;
        this.consumer = consumer;
        this.decoder = decoder;
        this.tokenLimit = tokenLimit;
        chunk = new StepBatch.Chunk(
                new int[0],
                0,
                blocks,
                0,
                Sampler.temperatures(request.sampling(), request.logProbs() || request.promptLogProbs()));
        stops = new StopStrings(request.stop(), request.keepsStop());
        guesses = new Guesses(promptLength);
        this.tokens = tokens;
        tokenCount = promptLength;
        submittedNanos = nowNanos;
        if (request.continuesText()) {
            decoder.follow(tokens);
        }
        cursor = request.constraint() == null ? null : request.constraint().start();
    }

    /** One whose answer is known before, behind the prompt in {@code tokens}, which it keeps; nobody hears of it. */
    static Sequence rehearsed(int[] tokens, int promptLength, int length) {
        return new Sequence(
                ANY_REQUEST, tokens, promptLength, event -> {}, TextDecoder.NONE, length, 0, sequence -> {});
    }

    Request request() {
        return request;
    }

    @Override
    public int promptLength() {
        return promptLength;
    }

    @Override
    public int[] tokens() {
        return tokens;
    }

    @Override
    public int tokenCount() {
        return tokenCount;
    }

    int computed() {
        return computed;
    }

    /** Its KV blocks in order of position; only the first {@link #blockCount} are its own. */
    int[] blocks() {
        return blocks;
    }

    int blockCount() {
        return blockCount;
    }

    int sharedBlocks() {
        return sharedBlocks;
    }

    void addBlock(int block) {
        blocks = blockCount == blocks.length ? Arrays.copyOf(blocks, 2 * blockCount) : blocks;
        blocks[blockCount++] = block;
    }

    /** Adds a block whose {@code positions} others computed. */
    void addCached(int block, int positions) {
        addBlock(block);
        sharedBlocks = blockCount;
        computed += positions;
        cachedTokens += preempted ? 0 : positions;
    }

    /** The first block that the tree did not know is known to it as {@code block}. */
    void share(int block) {
        blocks[sharedBlocks++] = block;
    }

    /** Takes away its last block. */
    int removeBlock() {
        return blocks[--blockCount];
    }

    /** Has no block any more and will compute everything anew. */
    void forget() {
        blockCount = 0;
        sharedBlocks = 0;
        computed = 0;
        cachedTokens = started ? cachedTokens : 0;
    }

    /** Place in the order of submission. */
    long arrival() {
        return arrival;
    }

    void arrive(long number) {
        arrival = number;
    }

    /** Whether it starts before, and gives way after, the other. */
    boolean precedes(Sequence other) {
        int priority = request.terms().priority();
        int others = other.request.terms().priority();
        return priority > others || (priority == others && arrival < other.arrival);
    }

    /** Whether it ever ran. */
    boolean isStarted() {
        return started;
    }

    boolean isRunning() {
        return running;
    }

    void start(long nowNanos) {
        startedNanos = started ? startedNanos : nowNanos;
        started = true;
        running = true;
    }

    void stop() {
        running = false;
        leader = null;
        scheduled = 0;
    }

    void preempt() {
        stop();
        preempted = true;
    }

    /** Waits for {@code other} to compute the first {@code positions}, which are the same. */
    void follow(Sequence other, int positions) {
        leader = other;
        awaited = positions;
    }

    /** Whether there is still something to wait for. */
    boolean isFollowing() {
        Sequence ahead = leader;
        if (ahead != null && (!ahead.running || ahead.computed >= awaited)) {
            leader = null;
        }
        return leader != null;
    }

    /** Positions whose blocks it has or will share with the one it follows. */
    int cachedPositions(int blockPositions) {
        return Math.max(leader == null ? 0 : awaited, blockCount * blockPositions);
    }

    /** Pending tokens that the coming step computes. */
    int scheduled() {
        return scheduled;
    }

    void schedule(int length) {
        scheduled = length;
        guesses.limit(0);
        accepted = 0;
    }

    /**
     * First positions that may come from the cache: the last token must be computed, because what follows it is wanted,
     * and so must all prompt tokens still to be scored, each of which is told by the one before it.
     */
    int cacheable() {
        return scoresPrompt() ? Math.max(0, promptScored - 1) : tokenCount - 1;
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

    /** How many of the next {@code length} tokens pass before the model's logits are wanted. */
    int logitsFrom(int length) {
        if (scoresPrompt()) {
            return Math.clamp(promptScored - 1L - computed, 0, length);
        }
        return length == pending() && request.maxTokens() > 0 ? length - 1 : length;
    }

    @Override
    public int room() {
        return tokenLimit - tokenCount;
    }

    @Override
    public boolean speculates() {
        return request.terms().speculates();
    }

    @Override
    public Guesses guesses() {
        return guesses;
    }

    /** How many of its guesses came true in the last step. */
    int accepted() {
        return accepted;
    }

    /** Whether its newest token is the next guess in {@code step}, so that the row of the guess tells what follows. */
    boolean accept(StepBatch.Chunk step) {
        if (accepted == guesses.count() || tokens[tokenCount - 1] != step.tokens()[scheduled + accepted]) {
            return false;
        }
        accepted++;
        computed++;
        return true;
    }

    /** What the coming step computes; the next call changes it. */
    StepBatch.Chunk chunk() {
        int length = scheduled + guesses.count();
        int[] rows = chunk.tokens().length == length ? chunk.tokens() : new int[length];
        System.arraycopy(tokens, computed, rows, 0, scheduled);
        guesses.write(tokens, rows, scheduled);
        chunk.change(rows, computed, blocks, logitsFrom(scheduled));
        return chunk;
    }

    void advance(int length) {
        computed += length;
    }

    /** The next {@code count} tokens of an answer that was known before are those chosen. */
    void appendKnown(int count) {
        tokenCount += count;
    }

    /** The position of the next prompt token to be told; those before it were. */
    int promptScored() {
        return promptScored;
    }

    void tellPromptToken(@Nullable LogProbs logProbs) {
        int index = promptScored++;
        tell(new Event.PromptToken(index, tokens[index], logProbs));
    }

    /** Tokens that may not come next, because it is too early for an end. */
    Set<Integer> banned() {
        return completionTokens() < request.minTokens() ? request.endIds() : Set.of();
    }

    /** Whether only some tokens may come next, of which {@code set} then becomes the set. */
    boolean allow(TokenSet set) {
        Constraint constraint = request.constraint();
        Cursor at = cursor;
        if (constraint == null || at == null) {
            return false;
        }
        constraint.allow(at, set);
        for (int id : request.endIds()) {
            if (id < set.vocabulary()) {
                boolean fits = set.contains(id);
                set.remove(id);
                if (completionTokens() >= request.minTokens() && constraint.mayEndWith(at, id, fits)) {
                    set.add(id);
                }
            }
        }
        if (set.isEmpty()) {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "No token of the vocabulary goes on with the text as the grammar wants it")
                    .withNextStep("look for characters in the grammar that the model has no tokens for");
        }
        return true;
    }

    private void follow(int token) {
        Constraint constraint = request.constraint();
        Cursor at = cursor;
        if (constraint != null && at != null && !request.endIds().contains(token)) {
            cursor = constraint.advance(at, token);
        }
    }

    /** Appends a chosen token, tells it, and returns why generation ends with it, or null where it goes on. */
    @Nullable
    FinishReason append(int token, @Nullable LogProbs logProbs, long nowNanos) {
        follow(token);
        if (tokenCount == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(tokenLimit, tokenCount + Math.max(64, tokenCount / 2)));
        }
        tokens[tokenCount++] = token;
        firstTokenNanos = completionTokens() == 1 ? nowNanos : firstTokenNanos;
        lastTokenNanos = nowNanos;
        String piece = decoder.push(token);
        String text = completionTokens() > request.minTokens() ? stops.push(piece) : piece;
        FinishReason reason = reasonToEnd(token);
        if (reason != null && !stops.stopped()) {
            // half a character is no beginning of what would have come
            text += reason.cuts() ? "" : stops.push(decoder.flush());
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
        if (cursor != null && cursor.mustEnd()) {
            return FinishReason.STOP;
        }
        if (completionTokens() == request.maxTokens()) {
            return FinishReason.LENGTH;
        }
        return tokenCount == tokenLimit ? FinishReason.CONTEXT : null;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    /** In the engine's clock; null for no end. */
    @Nullable
    Long deadlineNanos() {
        Duration timeout = request.terms().timeout();
        return timeout == null || timeout.compareTo(FOREVER) > 0 ? null : submittedNanos + timeout.toNanos();
    }

    private int completionTokens() {
        return tokenCount - promptLength();
    }

    Usage usage(long nowNanos) {
        boolean generated = completionTokens() > 0;
        return new Usage(
                promptLength(),
                cachedTokens,
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
        if (!cancelled && !finished) {
            cancelled = true;
            cancels.accept(this);
        }
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    /** Until its deadline; Long.MAX_VALUE where it has none. */
    long nanosLeft(long nowNanos) {
        Long deadline = deadlineNanos();
        return deadline == null ? Long.MAX_VALUE : deadline - nowNanos;
    }

    boolean isCancelled() {
        return cancelled;
    }
}
