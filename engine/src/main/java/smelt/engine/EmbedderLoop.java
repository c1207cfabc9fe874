package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.StepBatch;
import smelt.runtime.StepInterrupted;
import smelt.runtime.StepRunner;

/**
 * The embedder without its thread: {@link #doWork} does one step and is called by one thread at a time, by hand in
 * tests; {@link #submit} may be called by any. A step takes as many whole texts as it has room for; one with more
 * tokens than a step has rows, which only models that look back can have, takes steps of its own.
 */
final class EmbedderLoop implements OwnerThread.Loop {
    private final StepRunner runner;
    private final StepRunner.Limits limits;
    private final Pooling pooling;
    /** Tokens of one text in one step. */
    private final int wholeRows;

    private final int contextLength;
    private final long maxQueuedTokens;
    private final AtomicLong queuedTokens = new AtomicLong();
    private final Queue<PooledText> inbox = new ConcurrentLinkedQueue<>();
    private final Refusal refusal = new Refusal("The embedder", "texts");

    EmbedderLoop(StepRunner runner, Pooling pooling, long maxQueuedTokens) {
        if (pooling == Pooling.NONE) {
            throw Failure.of(FailureCode.UNSUPPORTED, "The model names no way to make one vector of a text's rows");
        }
        this.runner = runner;
        this.limits = runner.limits();
        this.pooling = pooling;
        this.maxQueuedTokens = maxQueuedTokens;
        wholeRows = pooling == Pooling.LAST ? limits.maxRows() : Math.min(limits.maxRows(), limits.maxLogits());
        long cached = (long) limits.blockCount() * limits.blockPositions();
        contextLength = (int) Math.min(limits.contextLength(), cached);
    }

    int contextLength() {
        return contextLength;
    }

    int width() {
        return limits.vocabulary();
    }

    /**
     * Queues texts, all or none.
     *
     * @return for each its vector; cancelling one frees its place
     */
    List<CompletableFuture<float[]>> submit(List<int[]> texts, boolean normalized) {
        for (int i = 0; i < texts.size(); i++) {
            check(texts.get(i), i);
        }
        List<PooledText> queued = texts.stream()
                .map(tokens -> new PooledText(tokens, pooling, width(), normalized))
                .toList();
        refusal.check();
        enter(texts.stream().mapToLong(tokens -> tokens.length).sum());
        inbox.addAll(queued);
        Failure late = refusal.failure();
        if (late != null) { // a loop that was closed in between may have looked into its inbox for the last time
            queued.forEach(text -> text.fail(late));
        }
        return queued.stream().map(PooledText::result).toList();
    }

    private void check(int[] tokens, int index) {
        if (tokens.length == 0) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "Text " + index + " has no tokens");
        }
        if (tokens.length > contextLength) {
            throw Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            "Text " + index + " has " + tokens.length + " tokens, the model takes " + contextLength)
                    .withNextStep("shorten it, or ask for it to be truncated");
        }
    }

    private void enter(long tokens) {
        long queued = queuedTokens.addAndGet(tokens);
        if (queued > maxQueuedTokens && queued > tokens) {
            queuedTokens.addAndGet(-tokens);
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            "The queue is full: " + queued + " tokens would wait, the limit is " + maxQueuedTokens)
                    .withNextStep("send fewer texts at once, or send them again later");
        }
    }

    /** Does one step; returns how many tokens were computed, 0 where there was nothing to do. */
    @Override
    public int doWork() {
        List<PooledText> step = gather();
        if (step.isEmpty()) {
            return 0;
        }
        try {
            return run(step);
        } catch (StepInterrupted e) {
            return 1;
        } catch (Throwable e) {
            if (step.size() > 1) {
                // the one that makes it fail fails alone
                step.forEach(this::runAlone);
            } else {
                fail(step.getFirst(), e);
            }
            return 1;
        }
    }

    private void runAlone(PooledText text) {
        try {
            int unused = run(List.of(text));
        } catch (StepInterrupted e) {
            // it stays in the inbox
        } catch (Throwable e) {
            fail(text, e);
        }
    }

    private void fail(PooledText text, Throwable cause) {
        text.fail(EngineLoop.failure(cause, "The step failed"));
        leave(List.of(text));
    }

    @Override
    public boolean isIdle() {
        return inbox.isEmpty();
    }

    @Override
    public void refuseNew() {
        refusal.drain();
    }

    @Override
    public void stopStep() {
        runner.interrupt();
    }

    @Override
    public void close(@Nullable Throwable cause) {
        Failure failure = refusal.close(cause);
        inbox.forEach(text -> text.fail(failure));
        inbox.clear();
    }

    /** The texts of the next step, still in the inbox: the first of them, as many as fit. */
    private List<PooledText> gather() {
        List<PooledText> step = new ArrayList<>();
        int rows = 0;
        int blocks = 0;
        for (PooledText text : inbox) {
            if (text.result().isDone()) { // cancelled
                leave(List.of(text));
                continue;
            }
            rows += text.tokens().length;
            blocks += blocks(text.tokens().length);
            boolean fits = rows <= wholeRows && blocks <= limits.blockCount() && step.size() < limits.maxLogits();
            if (!step.isEmpty() && !fits) {
                break;
            }
            step.add(text);
        }
        return step;
    }

    private int blocks(int tokens) {
        return Math.ceilDiv(tokens, limits.blockPositions());
    }

    private int run(List<PooledText> step) {
        List<StepBatch.Chunk> chunks = new ArrayList<>();
        int block = 0;
        for (PooledText text : step) {
            int count = blocks(text.tokens().length);
            chunks.add(chunk(text, IntStream.range(block, block + count).toArray()));
            block += count;
        }
        StepBatch batch = new StepBatch(chunks);
        StepRunner.Logits rows = runner.run(batch);
        int row = 0;
        for (int i = 0; i < step.size(); i++) {
            StepBatch.Chunk chunk = chunks.get(i);
            for (int r = chunk.logitsFrom(); r < chunk.tokens().length; r++) {
                step.get(i).add(rows.row(row++));
            }
            step.get(i).advance(chunk.tokens().length);
        }
        leave(step.stream().filter(PooledText::isComputed).toList());
        return batch.rows();
    }

    private StepBatch.Chunk chunk(PooledText text, int[] blocks) {
        int from = text.computed();
        int end = Math.min(text.tokens().length, from + wholeRows);
        int[] tokens = Arrays.copyOfRange(text.tokens(), from, end);
        int wanted = pooling != Pooling.LAST ? tokens.length : end == text.tokens().length ? 1 : 0;
        return pooling == Pooling.RANK
                ? StepBatch.Chunk.ofPair(tokens, blocks, 0, secondText(tokens))
                : new StepBatch.Chunk(tokens, from, blocks, tokens.length - wanted);
    }

    /** Both texts of a pair end with the same token; models of pairs see all of it, so it is never cut. */
    private static int secondText(int[] tokens) {
        int end = 0;
        while (tokens[end] != tokens[tokens.length - 1]) {
            end++;
        }
        return end + 1;
    }

    private void leave(List<PooledText> done) {
        for (PooledText text : done) {
            if (inbox.remove(text)) {
                queuedTokens.addAndGet(-(long) text.tokens().length);
            }
        }
    }

    /** A text on its way to a vector; sums in double and in order of position, so that no cut shows. */
    private static final class PooledText {
        private final int[] tokens;
        private final Pooling pooling;
        private final boolean normalized;
        private final double[] sum;
        private final CompletableFuture<float[]> result = new CompletableFuture<>();
        private int computed;
        private int rows;

        PooledText(int[] tokens, Pooling pooling, int width, boolean normalized) {
            this.tokens = tokens.clone();
            this.pooling = pooling;
            this.normalized = normalized;
            sum = new double[width];
        }

        int[] tokens() {
            return tokens;
        }

        CompletableFuture<float[]> result() {
            return result;
        }

        int computed() {
            return computed;
        }

        boolean isComputed() {
            return computed == tokens.length;
        }

        void add(MemorySegment row) {
            if ((pooling == Pooling.FIRST || pooling == Pooling.RANK) && rows > 0) {
                return;
            }
            for (int i = 0; i < sum.length; i++) {
                sum[i] += row.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            rows++;
        }

        void advance(int count) {
            computed += count;
            if (isComputed()) {
                float[] vector = vector();
                if (vector == null) {
                    fail(Failure.of(FailureCode.MALFORMED, "The model's rows are not numbers: it is damaged"));
                } else {
                    result.complete(vector);
                }
            }
        }

        void fail(Failure failure) {
            result.completeExceptionally(failure);
        }

        /** Null where the rows are not finite. */
        private float @Nullable [] vector() {
            double squares = 0;
            for (int i = 0; i < sum.length; i++) {
                sum[i] /= rows;
                squares += sum[i] * sum[i];
            }
            if (!Double.isFinite(squares)) {
                return null;
            }
            double length = normalized && squares > 0 ? Math.sqrt(squares) : 1;
            float[] vector = new float[sum.length];
            for (int i = 0; i < sum.length; i++) {
                vector[i] = (float) (sum[i] / length);
            }
            return vector;
        }
    }
}
