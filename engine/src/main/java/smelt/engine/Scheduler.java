package smelt.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import smelt.runtime.StepRunner.Limits;

/**
 * Decides who computes how many tokens in the next step: first one token of every sequence that generates, then prompts
 * in order of arrival, in chunks that fill the rest of the token budget. A waiting sequence starts when the blocks for
 * all it may come to are free, so that no running one ever lacks a block.
 */
final class Scheduler {
    /** {@code length} pending tokens of a sequence. */
    record Share(Sequence sequence, int length) {}

    private final Limits limits;
    private final int stepTokens;
    private final int maxRunning;
    private final Admission admission;
    private final BlockPool pool;
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private final List<Sequence> running = new ArrayList<>();

    Scheduler(Limits limits, Settings settings, Admission admission) {
        this.limits = limits;
        this.admission = admission;
        stepTokens = Math.min(settings.stepTokens(), limits.maxRows());
        maxRunning = Math.min(settings.maxRunning(), Math.min(stepTokens, limits.maxLogits()));
        pool = new BlockPool(limits.blockCount());
    }

    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    BlockPool pool() {
        return pool;
    }

    int runningCount() {
        return running.size();
    }

    int waitingCount() {
        return waiting.size();
    }

    /** The shares of the next step, none where nothing can run. */
    List<Share> schedule(long nowNanos) {
        admit(nowNanos);
        List<Share> shares = new ArrayList<>(running.size());
        int rows = stepTokens;
        int logits = limits.maxLogits();
        for (Sequence sequence : running) {
            if (sequence.isDecoding()) {
                shares.add(new Share(sequence, 1));
                rows--;
                logits--;
            }
        }
        for (Sequence sequence : running) {
            int length = sequence.isDecoding() ? 0 : prefillLength(sequence, rows, logits);
            if (length > 0) {
                shares.add(new Share(sequence, length));
                rows -= length;
                logits -= sequence.scoresPrompt() ? length : 1;
            }
        }
        return shares;
    }

    private static int prefillLength(Sequence sequence, int rows, int logits) {
        int length = Math.min(rows, sequence.pending());
        // a chunk that ends the prompt wants one row of logits; it is left a token short where there is none to spare
        return Math.min(length, sequence.scoresPrompt() ? logits : logits > 0 ? length : sequence.pending() - 1);
    }

    private void admit(long nowNanos) {
        while (!waiting.isEmpty() && running.size() < maxRunning) {
            int needed = blocksFor(waiting.getFirst());
            if (needed > pool.freeCount()) {
                return;
            }
            Sequence sequence = waiting.removeFirst();
            admission.leave(sequence.request());
            sequence.start(pool.take(needed), nowNanos);
            running.add(sequence);
        }
    }

    /** The last token that a sequence may come to is told, never computed. */
    private int blocksFor(Sequence sequence) {
        int positions = Math.max(sequence.promptLength(), sequence.tokenLimit() - 1);
        return Math.ceilDiv(positions, limits.blockPositions());
    }

    /** Takes out a running sequence and frees what it held. */
    void remove(Sequence sequence) {
        running.remove(sequence);
        pool.giveBack(sequence.release());
    }

    /**
     * Takes out all sequences that {@code condition} holds for, frees what they held, and hands each to {@code then}.
     */
    void removeIf(Predicate<Sequence> condition, Consumer<Sequence> then) {
        removeIf(waiting.iterator(), condition, sequence -> {
            admission.leave(sequence.request());
            then.accept(sequence);
        });
        removeIf(running.iterator(), condition, then);
    }

    private void removeIf(Iterator<Sequence> all, Predicate<Sequence> condition, Consumer<Sequence> then) {
        while (all.hasNext()) {
            Sequence sequence = all.next();
            if (condition.test(sequence)) {
                all.remove();
                pool.giveBack(sequence.release());
                then.accept(sequence);
            }
        }
    }
}
