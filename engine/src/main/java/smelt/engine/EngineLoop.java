package smelt.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * The engine without its thread: {@link #doWork} does one step (schedule, run, apply) and is called by one thread at a
 * time, by hand in tests; {@link #submit} may be called by any. A consumer runs on the thread of the step and must not
 * block; one that throws loses its own request only.
 */
final class EngineLoop {
    private final StepRunner runner;
    private final Supplier<TextDecoder> decoders;
    private final LongSupplier nanoClock;
    private final Admission admission;
    private final Scheduler scheduler;
    private final Sampler sampler;
    private final Queue<Sequence> inbox = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** @param decoders makes one decoder per request; null for a model without a tokenizer */
    EngineLoop(StepRunner runner, @Nullable Supplier<TextDecoder> decoders, Settings settings, LongSupplier nanoClock) {
        StepRunner.Limits limits = runner.limits();
        // positions that one sequence can have: the model's context, or less where the KV blocks hold less
        int context = (int) Math.min(limits.contextLength(), (long) limits.blockCount() * limits.blockPositions());
        this.runner = runner;
        this.decoders = decoders == null ? () -> TextDecoder.NONE : decoders;
        this.nanoClock = nanoClock;
        admission = new Admission(limits.vocabulary(), context, decoders != null, settings.maxQueuedTokens());
        scheduler = new Scheduler(limits, settings, admission);
        sampler = new Sampler(limits.vocabulary());
    }

    int contextLength() {
        return admission.contextLength();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Queues a request.
     *
     * @throws Failure INVALID_ARGUMENT or LIMIT_EXCEEDED where it could never run, OUT_OF_RESOURCES where the queue is
     *     full, CANCELLED where the engine is closed; the consumer then hears nothing
     */
    Handle submit(Request request, Consumer<Event> consumer) {
        admission.check(request);
        int limit = (int) Math.min((long) request.prompt().length + request.maxTokens(), contextLength());
        var sequence = new Sequence(request, consumer, decoders.get(), limit, nanoClock.getAsLong());
        admission.enter(request);
        inbox.add(sequence);
        if (closed && inbox.remove(sequence)) {
            throw Failure.of(FailureCode.CANCELLED, "The engine is closed");
        }
        return sequence;
    }

    /** Does one step; returns how many tokens were computed, 0 where there was nothing to do. */
    int doWork() {
        takeInbox();
        scheduler.removeIf(Sequence::isCancelled, sequence -> finish(sequence, FinishReason.CANCELLED));
        List<Scheduler.Share> shares = scheduler.schedule(nanoClock.getAsLong());
        if (shares.isEmpty()) {
            return 0;
        }
        StepBatch batch = batch(shares);
        try {
            apply(shares, batch, runner.run(batch));
        } catch (Throwable e) {
            Failure failure = failure(e, "The step failed");
            scheduler.removeIf(sequence -> isAmong(sequence, shares), sequence -> fail(sequence, failure));
        }
        return batch.rows();
    }

    /** Ends every request and takes no more. */
    void close() {
        closed = true;
        takeInbox();
        scheduler.removeIf(sequence -> true, sequence -> finish(sequence, FinishReason.CANCELLED));
    }

    private void takeInbox() {
        for (Sequence sequence = inbox.poll(); sequence != null; sequence = inbox.poll()) {
            scheduler.add(sequence);
        }
    }

    private static StepBatch batch(List<Scheduler.Share> shares) {
        return new StepBatch(shares.stream()
                .map(share -> share.sequence().chunk(share.length()))
                .toList());
    }

    private static boolean isAmong(Sequence sequence, List<Scheduler.Share> shares) {
        return shares.stream().anyMatch(share -> share.sequence() == sequence);
    }

    private void apply(List<Scheduler.Share> shares, StepBatch batch, StepRunner.Logits logits) {
        int row = 0;
        for (int i = 0; i < shares.size(); i++) {
            StepBatch.Chunk chunk = batch.chunks().get(i);
            applyOne(shares.get(i).sequence(), chunk, logits, row);
            row += chunk.tokens().length - chunk.logitsFrom();
        }
    }

    private void applyOne(Sequence sequence, StepBatch.Chunk chunk, StepRunner.Logits logits, int firstRow) {
        try {
            FinishReason reason =
                    sequence.isCancelled() ? FinishReason.CANCELLED : advance(sequence, chunk, logits, firstRow);
            if (reason != null) {
                scheduler.remove(sequence);
                finish(sequence, reason);
            }
        } catch (ConsumerFailed e) {
            scheduler.remove(sequence);
            sequence.finish();
        } catch (RuntimeException e) {
            scheduler.remove(sequence);
            fail(sequence, failure(e, "Choosing a token failed"));
        }
    }

    /** Why the sequence ends with this step; null where it goes on. */
    private @Nullable FinishReason advance(
            Sequence sequence, StepBatch.Chunk chunk, StepRunner.Logits logits, int firstRow) {
        if (sequence.request().promptLogProbs()) {
            scorePrompt(sequence, chunk, logits, firstRow);
        }
        sequence.advance(chunk.tokens().length);
        if (sequence.pending() > 0) {
            return null;
        }
        if (sequence.request().maxTokens() == 0) {
            return FinishReason.LENGTH;
        }
        int lastRow = firstRow + chunk.tokens().length - chunk.logitsFrom() - 1;
        return choose(sequence, logits, lastRow);
    }

    private @Nullable FinishReason choose(Sequence sequence, StepRunner.Logits logits, int row) {
        Request request = sequence.request();
        int token = sampler.choose(
                logits.row(row), request.sampling(), sequence.tokens(), sequence.tokenCount(), request.choice());
        LogProbs logProbs = request.logProbs() ? sampler.logProbs(logits.row(row), token, request.topLogProbs()) : null;
        return sequence.append(token, logProbs, nanoClock.getAsLong());
    }

    /** The row of a position tells about the token that follows it. */
    private void scorePrompt(Sequence sequence, StepBatch.Chunk chunk, StepRunner.Logits logits, int firstRow) {
        if (sequence.promptScored() == 0) {
            sequence.tellPromptToken(null);
        }
        int end = Math.min(sequence.promptLength(), chunk.firstPosition() + chunk.tokens().length + 1);
        for (int position = sequence.promptScored(); position < end; position++) {
            int row = firstRow + position - 1 - chunk.firstPosition() - chunk.logitsFrom();
            sequence.tellPromptToken(sampler.logProbs(
                    logits.row(row),
                    sequence.tokens()[position],
                    sequence.request().topLogProbs()));
        }
    }

    private void finish(Sequence sequence, FinishReason reason) {
        end(sequence, new Event.Finished(reason, sequence.usage(nanoClock.getAsLong())));
    }

    private void fail(Sequence sequence, Failure failure) {
        end(sequence, new Event.Failed(failure, sequence.usage(nanoClock.getAsLong())));
    }

    private static void end(Sequence sequence, Event last) {
        try {
            sequence.tell(last);
        } catch (ConsumerFailed e) {
            // it would have been its last event: nobody is left to tell
        } finally {
            sequence.finish();
        }
    }

    private static Failure failure(Throwable e, String what) {
        if (e instanceof Failure failure) {
            return failure;
        }
        FailureCode code = e instanceof OutOfMemoryError ? FailureCode.OUT_OF_RESOURCES : FailureCode.INTERNAL;
        return Failure.of(code, what + ": " + e).withCause(e);
    }
}
