package smelt.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.guess.Draft;
import smelt.engine.sampling.LogProbs;
import smelt.engine.sampling.Sampler;
import smelt.engine.sampling.TokenSet;
import smelt.runtime.StepBatch;
import smelt.runtime.StepInterrupted;
import smelt.runtime.StepRunner;

/**
 * The engine without its thread: {@link #doWork} does one step (schedule, run, apply) and is called by one thread at a
 * time, by hand in tests; {@link #submit} may be called by any. A consumer runs on the thread of the step and must not
 * block; one that throws loses its own request only.
 */
final class EngineLoop implements OwnerThread.Loop {
    private final StepRunner runner;
    private final Supplier<TextDecoder> decoders;
    private final LongSupplier nanoClock;
    private final Admission admission;
    private final Scheduler scheduler;
    private final Sampler sampler;
    /** Of the sequence whose token is chosen, where it is constrained. */
    private final TokenSet allowed;

    private final Meter meter = new Meter();
    private final RunningStep runningStep;
    private final AsideStep aside;
    /** Of the step; used again for the next. */
    private final List<StepBatch.Chunk> chunks = new ArrayList<>();

    private final StepBatch batch = StepBatch.of(chunks);
    private final Queue<List<Sequence>> inbox = new ConcurrentLinkedQueue<>();
    private final Errands errands = new Errands();
    private final Queue<Sequence> cancels = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Sequence> timed = new PriorityQueue<>(Comparator.comparingLong(EngineLoop::deadline));
    private final Refusal refusal = new Refusal("The engine", "requests");

    /** Without a draft model. */
    EngineLoop(StepRunner runner, @Nullable Supplier<TextDecoder> decoders, Settings settings, LongSupplier nanoClock) {
        this(runner, null, decoders, settings, nanoClock);
    }

    /**
     * @param draft a smaller model of the same vocabulary; null for none
     * @param decoders makes one decoder per request; null for a model without a tokenizer
     */
    EngineLoop(
            StepRunner runner,
            @Nullable StepRunner draft,
            @Nullable Supplier<TextDecoder> decoders,
            Settings settings,
            LongSupplier nanoClock) {
        StepRunner.Limits limits = runner.limits();
        this.runner = runner;
        runningStep = new RunningStep(runner);
        aside = new AsideStep(runner);
        this.decoders = decoders == null ? () -> TextDecoder.NONE : decoders;
        this.nanoClock = nanoClock;
        admission = new Admission(limits, decoders != null, settings.maxQueuedTokens());
        @Nullable Draft drafts = draft == null ? null : new Draft(draft, limits.vocabulary(), nanoClock);
        scheduler = new Scheduler(limits, settings, admission, aside, drafts);
        sampler = new Sampler(limits.vocabulary());
        allowed = new TokenSet(limits.vocabulary());
    }

    int contextLength() {
        return admission.contextLength();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Errands errands() {
        return errands;
    }

    Metrics metrics() {
        return meter.metrics();
    }

    /**
     * Queues one request for as many answers as there are consumers: all of them or none.
     *
     * @return one handle per consumer
     * @throws Failure INVALID_ARGUMENT or LIMIT_EXCEEDED where it could never run, OUT_OF_RESOURCES where the queue is
     *     full, UNAVAILABLE or CANCELLED where the engine takes no more; the consumers then hear nothing
     */
    List<Handle> submit(Request request, List<? extends Consumer<Event>> consumers) {
        admission.check(request);
        int limit = (int) Math.min((long) request.prompt().length + request.maxTokens(), contextLength());
        List<Sequence> sequences = new ArrayList<>();
        long now = nanoClock.getAsLong();
        for (Consumer<Event> consumer : consumers) {
            Request own = request.withChoice(request.choice() + sequences.size());
            sequences.add(new Sequence(own, consumer, decoders.get(), limit, now, this::cancel));
        }
        refusal.check();
        admission.enter(request, sequences.size());
        inbox.add(sequences);
        // a loop that was closed in between may have looked into its inbox for the last time
        if (refusal.failure() != null && inbox.remove(sequences)) {
            admission.withdraw(request, sequences.size());
            refusal.check();
        }
        runningStep.arrived(now);
        return List.copyOf(sequences);
    }

    private void cancel(Sequence sequence) {
        cancels.add(sequence);
        runningStep.cancelled();
    }

    /** Ends the step that runs as soon as it can; from any thread. */
    @Override
    public void stopStep() {
        runningStep.stop();
    }

    /** Does one step, and a piece of that of prompts beside it; returns 0 where there was nothing to do. */
    @Override
    public int doWork() {
        long begin = nanoClock.getAsLong();
        errands.run();
        takeInbox();
        endCancelled();
        endLate(begin);
        List<Sequence> step = scheduler.schedule(begin);
        int rows = step.isEmpty() ? 0 : run(step);
        boolean worked = rows > 0 || !aside.isEmpty();
        if (!aside.isEmpty()) {
            rows += proceedAside();
        }
        long nanos = nanoClock.getAsLong() - begin;
        if (worked) {
            meter.pass(nanos, rows);
        }
        admission.pass(nanos, scheduler.waitingCount() > 0);
        meter.look(scheduler, admission);
        return worked ? Math.max(1, rows) : 0;
    }

    private int run(List<Sequence> step) {
        int rows = scheduler.scheduledRows();
        meter.drafted(scheduler.draftNanos());
        long begin = nanoClock.getAsLong();
        try {
            fillBatch(step);
            StepRunner.Logits logits = run(step, scheduler.yields(), scheduler.expectedEnd(begin));
            long nanos = nanoClock.getAsLong() - begin;
            meter.ran(nanos);
            if (logits == null) {
                meter.interrupted();
                scheduler.lost(nanos);
            } else {
                scheduler.observe(nanos);
                for (int i = 0; i < step.size(); i++) {
                    meter.proposed(step.get(i));
                }
                apply(step, chunks, logits);
                scheduler.applied(nanos);
            }
        } catch (Throwable e) {
            meter.ran(nanoClock.getAsLong() - begin);
            runApart(step, e);
        }
        return rows;
    }

    /** Goes on with the step of prompts; returns its rows once all of it is computed. */
    private int proceedAside() {
        long begin = nanoClock.getAsLong();
        try {
            StepRunner.Logits logits = aside.proceed(scheduler.asideNanos());
            aside.took(nanoClock.getAsLong() - begin);
            return logits == null ? 0 : endAside(logits);
        } catch (StepInterrupted e) {
            meter.interrupted();
            aside.abandon();
        } catch (Throwable e) {
            List<Sequence> step = aside.end();
            runApart(step, e);
            step.forEach(sequence -> sequence.schedule(0));
        } finally {
            meter.ranAside(nanoClock.getAsLong() - begin);
        }
        return 0;
    }

    private int endAside(StepRunner.Logits logits) {
        int rows = aside.rows();
        scheduler.observeAside(rows, aside.nanos());
        List<StepBatch.Chunk> computed = List.copyOf(aside.chunks());
        List<Sequence> step = aside.end();
        apply(step, computed, logits);
        step.forEach(sequence -> sequence.schedule(0));
        return rows;
    }

    /** The step failed: what each of its sequences wants is run by itself, so that one that cannot run fails alone. */
    private void runApart(List<Sequence> step, Throwable cause) {
        if (step.size() == 1) {
            fail(step.getFirst(), failure(cause, "The step failed"));
            return;
        }
        step.forEach(meter::proposed);
        for (int i = 0; i < step.size(); i++) {
            List<Sequence> one = List.of(step.get(i));
            try {
                fillBatch(one);
                StepRunner.Logits logits = run(one, false, Long.MAX_VALUE);
                if (logits != null) {
                    apply(one, chunks, logits);
                }
            } catch (Throwable e) {
                fail(one.getFirst(), failure(e, "The step failed"));
            }
        }
    }

    /** Null where the step was interrupted. */
    private StepRunner.@Nullable Logits run(List<Sequence> step, boolean yields, long endNanos) {
        runningStep.begin(step, yields, endNanos);
        try {
            // who came since we looked found no step to interrupt
            if (!inbox.isEmpty()) {
                runningStep.arrived(nanoClock.getAsLong());
            }
            if (!cancels.isEmpty()) {
                runningStep.cancelled();
            }
            return runner.run(batch);
        } catch (StepInterrupted e) {
            return null;
        } finally {
            runningStep.end();
        }
    }

    /** Takes no more requests; those that are there go on. */
    @Override
    public void refuseNew() {
        refusal.drain();
    }

    @Override
    public boolean isIdle() {
        return inbox.isEmpty() && scheduler.isIdle();
    }

    @Override
    public void close(@Nullable Throwable cause) {
        Failure failure = refusal.close(cause);
        errands.close();
        takeInbox();
        for (Sequence sequence : scheduler.all()) {
            if (cause == null) {
                finish(sequence, FinishReason.CANCELLED);
            } else {
                // blocks and queues may be in any state: they are left alone
                tellLast(sequence, new Event.Failed(failure, sequence.usage(nanoClock.getAsLong())));
            }
        }
        meter.look(scheduler, admission);
    }

    private void takeInbox() {
        for (List<Sequence> answers = inbox.poll(); answers != null; answers = inbox.poll()) {
            answers.forEach(scheduler::add);
            answers.stream()
                    .filter(sequence -> sequence.deadlineNanos() != null)
                    .forEach(timed::add);
        }
    }

    private void endCancelled() {
        for (Sequence sequence = cancels.poll(); sequence != null; sequence = cancels.poll()) {
            takeInbox(); // it may have come and gone since we looked
            finish(sequence, FinishReason.CANCELLED);
        }
    }

    private void endLate(long nowNanos) {
        while (!timed.isEmpty() && deadline(timed.element()) <= nowNanos) {
            finish(timed.remove(), FinishReason.TIMEOUT);
        }
    }

    private static long deadline(Sequence sequence) {
        Long deadline = sequence.deadlineNanos();
        return deadline == null ? Long.MAX_VALUE : deadline;
    }

    private void fillBatch(List<Sequence> step) {
        chunks.clear();
        for (int i = 0; i < step.size(); i++) {
            chunks.add(step.get(i).chunk());
        }
    }

    private void apply(List<Sequence> step, List<StepBatch.Chunk> computed, StepRunner.Logits logits) {
        int row = 0;
        for (int i = 0; i < step.size(); i++) {
            StepBatch.Chunk chunk = computed.get(i);
            applyOne(step.get(i), chunk, logits, row);
            row += chunk.tokens().length - chunk.logitsFrom();
        }
    }

    private void applyOne(Sequence sequence, StepBatch.Chunk chunk, StepRunner.Logits logits, int firstRow) {
        try {
            FinishReason reason =
                    sequence.isCancelled() ? FinishReason.CANCELLED : advance(sequence, chunk, logits, firstRow);
            if (reason != null) {
                finish(sequence, reason);
            }
        } catch (ConsumerFailed e) {
            remove(sequence);
            sequence.finish();
        } catch (Throwable e) {
            fail(sequence, failure(e, "Choosing a token failed"));
        }
    }

    /** Why the sequence ends with this step; null where it goes on. */
    private @Nullable FinishReason advance(
            Sequence sequence, StepBatch.Chunk chunk, StepRunner.Logits logits, int firstRow) {
        if (sequence.request().promptLogProbs()) {
            scorePrompt(sequence, chunk, logits, firstRow);
        }
        sequence.advance(sequence.scheduled());
        scheduler.publish(sequence);
        if (sequence.pending() > 0) {
            return null;
        }
        if (sequence.tokenCount() == sequence.promptLength()) {
            meter.computedPrompt(sequence.promptLength(), sequence.cachedTokens());
        }
        if (sequence.request().maxTokens() == 0) {
            return FinishReason.LENGTH;
        }
        int row = firstRow + sequence.scheduled() - chunk.logitsFrom() - 1;
        FinishReason reason = choose(sequence, logits, row);
        while (reason == null && sequence.accept(chunk)) {
            meter.accepted(sequence);
            scheduler.publish(sequence);
            reason = sequence.isCancelled() ? FinishReason.CANCELLED : choose(sequence, logits, ++row);
        }
        return reason;
    }

    private @Nullable FinishReason choose(Sequence sequence, StepRunner.Logits logits, int row) {
        Request request = sequence.request();
        int token = sampler.choose(
                logits,
                row,
                request.sampling(),
                sequence.tokens(),
                sequence.tokenCount(),
                request.choice(),
                sequence.banned(),
                sequence.allow(allowed) ? allowed : null);
        LogProbs logProbs = request.logProbs() ? sampler.logProbs(logits, row, token, request.topLogProbs()) : null;
        meter.generated();
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
                    logits, row, sequence.tokens()[position], sequence.request().topLogProbs()));
        }
    }

    private void finish(Sequence sequence, FinishReason reason) {
        if (!sequence.isFinished()) {
            end(sequence, new Event.Finished(reason, sequence.usage(nanoClock.getAsLong())));
        }
    }

    private void fail(Sequence sequence, Failure failure) {
        if (!sequence.isFinished()) {
            end(sequence, new Event.Failed(failure, sequence.usage(nanoClock.getAsLong())));
        }
    }

    private void end(Sequence sequence, Event last) {
        try {
            remove(sequence);
        } finally {
            tellLast(sequence, last);
        }
    }

    private static void tellLast(Sequence sequence, Event last) {
        try {
            sequence.tell(last);
        } catch (ConsumerFailed e) {
            // it would have been its last event: nobody is left to tell
        } finally {
            sequence.finish();
        }
    }

    private void remove(Sequence sequence) {
        scheduler.remove(sequence);
        if (sequence.deadlineNanos() != null) {
            timed.remove(sequence);
        }
    }

    /** Of {@code e}, which is told as it is where it is a failure already. */
    static Failure failure(Throwable e, String what) {
        if (e instanceof Failure failure) {
            return failure;
        }
        FailureCode code = e instanceof OutOfMemoryError ? FailureCode.OUT_OF_RESOURCES : FailureCode.INTERNAL;
        return Failure.of(code, what + ": " + e).withCause(e);
    }
}
