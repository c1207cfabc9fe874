package smelt.engine;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Constraint;
import smelt.engine.sampling.Sampling;

/**
 * What one caller wants generated.
 *
 * @param prompt token ids, at least one
 * @param choice which of several answers to the same prompt this is; only randomness depends on it
 * @param maxTokens most tokens to generate; 0 only runs the prompt; the room left in the context is a limit anyway
 * @param minTokens so many tokens are generated before an end token may be chosen and stop strings are looked for
 * @param stop generation ends before the first of these texts; needs a tokenizer
 * @param keepsStop whether the stop string that ended generation is part of the text
 * @param endIds generation ends with the first of these tokens
 * @param logProbs whether events carry log-probabilities: those of the model, before any bias, penalty or temperature
 * @param topLogProbs how many of the most likely tokens come with them
 * @param promptLogProbs whether the prompt's own tokens are scored, as {@link Event.PromptToken}s; none of it is then
 *     taken from what other requests computed
 * @param constraint what the text must look like: only tokens that fit are chosen, an end token only where the text may
 *     end, and generation ends with {@link FinishReason#STOP} where it can only end; a stop string, the token limit or
 *     the context may still cut the text short; null for free text
 * @param continuesText whether the text goes on where that of the prompt ends, so that both joined are the text of all
 *     tokens; else it begins anew, without a space that the pieces of a vocabulary put before every word
 * @param terms on which it waits
 */
@SuppressWarnings("ArrayRecordComponent") // copied in, never changed
public record Request(
        int[] prompt,
        Sampling sampling,
        int choice,
        int maxTokens,
        int minTokens,
        List<String> stop,
        boolean keepsStop,
        Set<Integer> endIds,
        boolean logProbs,
        int topLogProbs,
        boolean promptLogProbs,
        @Nullable Constraint constraint,
        boolean continuesText,
        Terms terms) {
    /** Generates until an end token or the end of the context. */
    public static final int ROOM_LEFT = Integer.MAX_VALUE;

    public Request {
        prompt = prompt.clone();
        stop = List.copyOf(stop);
        endIds = Set.copyOf(endIds);
        require(prompt.length > 0, "The prompt has no tokens");
        require(maxTokens >= 0, "max_tokens must be 0 or more but is " + maxTokens);
        require(minTokens >= 0, "min_tokens must be 0 or more but is " + minTokens);
        require(minTokens <= maxTokens, "min_tokens is " + minTokens + ", more than max_tokens, " + maxTokens);
        require(choice >= 0, "choice must be 0 or more but is " + choice);
        require(topLogProbs >= 0, "top_logprobs must be 0 or more but is " + topLogProbs);
        require(logProbs || promptLogProbs || topLogProbs == 0, "top_logprobs is " + topLogProbs + " without logprobs");
    }

    /** The most likely continuation until the context is full. */
    public static Request of(int... prompt) {
        Sampling sampling = Sampling.GREEDY;
        List<String> stop = List.of();
        return new Request(
                prompt, sampling, 0, ROOM_LEFT, 0, stop, false, Set.of(), false, 0, false, null, false, Terms.DEFAULT);
    }

    public Request withSampling(Sampling value) {
        return with(copy -> copy.sampling = value);
    }

    public Request withChoice(int value) {
        return with(copy -> copy.choice = value);
    }

    public Request withMaxTokens(int value) {
        return with(copy -> copy.maxTokens = value);
    }

    public Request withMinTokens(int value) {
        return with(copy -> copy.minTokens = value);
    }

    public Request withStop(List<String> value) {
        return with(copy -> copy.stop = value);
    }

    /** With the stop string that ends generation as part of the text, or without. */
    public Request withStopKept(boolean value) {
        return with(copy -> copy.keepsStop = value);
    }

    public Request withEndIds(Set<Integer> value) {
        return with(copy -> copy.endIds = value);
    }

    /** Log-probabilities of generated tokens, each with the {@code top} most likely ones. */
    public Request withLogProbs(int top) {
        return with(copy -> {
            copy.logProbs = true;
            copy.topLogProbs = top;
        });
    }

    /** Log-probabilities of prompt and generated tokens, each with the {@code top} most likely ones. */
    public Request withPromptLogProbs(int top) {
        return with(copy -> {
            copy.logProbs = true;
            copy.topLogProbs = top;
            copy.promptLogProbs = true;
        });
    }

    /** With a grammar that the text must fit, compiled for the same model; null for free text. */
    public Request withConstraint(@Nullable Constraint value) {
        return with(copy -> copy.constraint = value);
    }

    /** With a text that goes on where that of the prompt ends, or with one of its own. */
    public Request withTextContinued(boolean value) {
        return with(copy -> copy.continuesText = value);
    }

    public Request withTerms(Terms value) {
        return with(copy -> copy.terms = value);
    }

    private Request with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.toRequest();
    }

    private static void require(boolean valid, String what) {
        if (!valid) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, what);
        }
    }

    /** A request while some of it changes. */
    private static final class Copy {
        final int[] prompt;
        Sampling sampling;
        int choice;
        int maxTokens;
        int minTokens;
        List<String> stop;
        boolean keepsStop;
        Set<Integer> endIds;
        boolean logProbs;
        int topLogProbs;
        boolean promptLogProbs;

        @Nullable
        Constraint constraint;

        boolean continuesText;
        Terms terms;

        Copy(Request of) {
            prompt = of.prompt;
            sampling = of.sampling;
            choice = of.choice;
            maxTokens = of.maxTokens;
            minTokens = of.minTokens;
            stop = of.stop;
            keepsStop = of.keepsStop;
            endIds = of.endIds;
            logProbs = of.logProbs;
            topLogProbs = of.topLogProbs;
            promptLogProbs = of.promptLogProbs;
            constraint = of.constraint;
            continuesText = of.continuesText;
            terms = of.terms;
        }

        Request toRequest() {
            return new Request(
                    prompt,
                    sampling,
                    choice,
                    maxTokens,
                    minTokens,
                    stop,
                    keepsStop,
                    endIds,
                    logProbs,
                    topLogProbs,
                    promptLogProbs,
                    constraint,
                    continuesText,
                    terms);
        }
    }
}
