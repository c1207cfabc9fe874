package smelt.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Constraint;
import smelt.runtime.StepRunner;

/** Refuses, before it waits, what could never run here or what the queue has no room for. */
final class Admission {
    private static final double UNMEASURED_SECONDS = 1;
    private static final double LEAST_SECONDS = 0.01;
    private static final double MOST_SECONDS = 600;

    private final int vocabulary;
    private final int contextLength;
    private final long cachePositions;
    private final boolean hasText;
    private final long maxQueuedTokens;
    private final AtomicLong queuedTokens = new AtomicLong();
    private final Rate leaving = new Rate();
    private long left;

    Admission(StepRunner.Limits limits, boolean hasText, long maxQueuedTokens) {
        vocabulary = limits.vocabulary();
        cachePositions = (long) limits.blockCount() * limits.blockPositions();
        contextLength = (int) Math.min(limits.contextLength(), cachePositions);
        this.hasText = hasText;
        this.maxQueuedTokens = maxQueuedTokens;
    }

    /** Positions that one sequence can have: the model's context, or less where the KV blocks hold less. */
    int contextLength() {
        return contextLength;
    }

    void check(Request request) {
        int[] prompt = request.prompt();
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] < 0 || prompt[i] >= vocabulary) {
                throw invalid("Token " + prompt[i] + " at position " + i
                        + " of the prompt is outside the vocabulary of " + vocabulary);
            }
        }
        int room = contextLength - Math.min(1, request.maxTokens());
        if (prompt.length > room) {
            throw Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            "The prompt has " + prompt.length + " tokens, the "
                                    + (contextLength == cachePositions ? "cache" : "context") + " holds "
                                    + contextLength + (room < contextLength ? " with at least one for the answer" : ""))
                    .withNextStep("shorten the prompt, or take a larger --context where the model allows it");
        }
        if (!hasText && !request.stop().isEmpty()) {
            throw invalid("Stop strings need a tokenizer, and this model has none");
        }
        Constraint constraint = request.constraint();
        if (constraint != null && constraint.vocabularySize() > vocabulary) {
            throw invalid("The constraint was compiled for a vocabulary of " + constraint.vocabularySize()
                    + ", the model has one of " + vocabulary);
        }
        request.sampling().logitBias().keySet().forEach(id -> {
            if (id < 0 || id >= vocabulary) {
                throw invalid("logit_bias names token " + id + " outside the vocabulary of " + vocabulary);
            }
        });
    }

    /**
     * Takes room in the queue for {@code count} answers; one request always has room in an empty one.
     *
     * @throws Failure OUT_OF_RESOURCES where there is none, with the time after which there may be
     */
    void enter(Request request, int count) {
        enter((long) request.prompt().length * count);
    }

    /** The same for so many tokens of prompts. */
    void enter(long tokens) {
        long queued = queuedTokens.addAndGet(tokens);
        if (queued > maxQueuedTokens && queued > tokens) {
            queuedTokens.addAndGet(-tokens);
            Duration wait = timeFor(queued - maxQueuedTokens);
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            "The queue is full: " + queued + " prompt tokens would wait, the limit is "
                                    + maxQueuedTokens)
                    .withNextStep("send the request again in " + wait.toMillis() + " ms")
                    .withRetryAfter(wait);
        }
    }

    /** How long it takes until so many tokens have left the queue, at the rate of late. */
    private Duration timeFor(long tokens) {
        double perSecond = leaving.perSecond();
        double seconds = perSecond > 0 ? tokens / perSecond : UNMEASURED_SECONDS;
        return Duration.ofMillis((long) Math.ceil(Math.clamp(seconds, LEAST_SECONDS, MOST_SECONDS) * 1000));
    }

    /** Gives back the room of a request that never came to the engine's thread. */
    void withdraw(Request request, int count) {
        queuedTokens.addAndGet(-(long) request.prompt().length * count);
    }

    /** One answer has started, or never will; on the engine's thread, as {@link #pass} is. */
    void leave(Sequence sequence) {
        queuedTokens.addAndGet(-sequence.promptLength());
        left += sequence.promptLength();
    }

    long queuedTokens() {
        return queuedTokens.get();
    }

    /** Time has passed, at whose end requests waited or not: what leaves a short queue says nothing of a full one. */
    void pass(long nanos, boolean someWait) {
        if (someWait) {
            leaving.add(left, nanos);
        }
        left = 0;
    }

    private static Failure invalid(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, what);
    }
}
