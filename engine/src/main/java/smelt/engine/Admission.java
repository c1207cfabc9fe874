package smelt.engine;

import java.util.concurrent.atomic.AtomicLong;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Refuses, before it waits, what could never run here or what the queue has no room for. */
final class Admission {
    private final int vocabulary;
    private final int contextLength;
    private final boolean hasText;
    private final long maxQueuedTokens;
    private final AtomicLong queuedTokens = new AtomicLong();

    Admission(int vocabulary, int contextLength, boolean hasText, long maxQueuedTokens) {
        this.vocabulary = vocabulary;
        this.contextLength = contextLength;
        this.hasText = hasText;
        this.maxQueuedTokens = maxQueuedTokens;
    }

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
                            "The prompt has " + prompt.length + " tokens, the context holds " + contextLength
                                    + (room < contextLength ? " with at least one for the answer" : ""))
                    .withNextStep("shorten the prompt, or take a larger --context where the model allows it");
        }
        if (!hasText && !request.stop().isEmpty()) {
            throw invalid("Stop strings need a tokenizer, and this model has none");
        }
        request.sampling().logitBias().keySet().forEach(id -> {
            if (id < 0 || id >= vocabulary) {
                throw invalid("logit_bias names token " + id + " outside the vocabulary of " + vocabulary);
            }
        });
    }

    /** Takes room in the queue; one request always has room in an empty one. */
    void enter(Request request) {
        int tokens = request.prompt().length;
        long queued = queuedTokens.addAndGet(tokens);
        if (queued > maxQueuedTokens && queued > tokens) {
            leave(request);
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            "The queue is full: " + queued + " prompt tokens would wait, the limit is "
                                    + maxQueuedTokens)
                    .withNextStep("send the request again later");
        }
    }

    void leave(Request request) {
        queuedTokens.addAndGet(-request.prompt().length);
    }

    private static Failure invalid(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, what);
    }
}
