package smelt.engine;

import java.util.List;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
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
        return new Request(
                prompt, Sampling.GREEDY, 0, ROOM_LEFT, 0, List.of(), false, Set.of(), false, 0, false, Terms.DEFAULT);
    }

    public Request withSampling(Sampling value) {
        return new Request(
                prompt,
                value,
                choice,
                maxTokens,
                minTokens,
                stop,
                keepsStop,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    public Request withChoice(int value) {
        return new Request(
                prompt,
                sampling,
                value,
                maxTokens,
                minTokens,
                stop,
                keepsStop,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    public Request withMaxTokens(int value) {
        return new Request(
                prompt,
                sampling,
                choice,
                value,
                minTokens,
                stop,
                keepsStop,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    public Request withMinTokens(int value) {
        return new Request(
                prompt,
                sampling,
                choice,
                maxTokens,
                value,
                stop,
                keepsStop,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    public Request withStop(List<String> value) {
        return new Request(
                prompt,
                sampling,
                choice,
                maxTokens,
                minTokens,
                value,
                keepsStop,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    /** With the stop string that ends generation as part of the text, or without. */
    public Request withStopKept(boolean value) {
        return new Request(
                prompt,
                sampling,
                choice,
                maxTokens,
                minTokens,
                stop,
                value,
                endIds,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    public Request withEndIds(Set<Integer> value) {
        return new Request(
                prompt,
                sampling,
                choice,
                maxTokens,
                minTokens,
                stop,
                keepsStop,
                value,
                logProbs,
                topLogProbs,
                promptLogProbs,
                terms);
    }

    /** Log-probabilities of generated tokens, each with the {@code top} most likely ones. */
    public Request withLogProbs(int top) {
        return new Request(
                prompt,
                sampling,
                choice,
                maxTokens,
                minTokens,
                stop,
                keepsStop,
                endIds,
                true,
                top,
                promptLogProbs,
                terms);
    }

    /** Log-probabilities of prompt and generated tokens, each with the {@code top} most likely ones. */
    public Request withPromptLogProbs(int top) {
        return new Request(
                prompt, sampling, choice, maxTokens, minTokens, stop, keepsStop, endIds, true, top, true, terms);
    }

    public Request withTerms(Terms value) {
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
                value);
    }

    private static void require(boolean valid, String what) {
        if (!valid) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, what);
        }
    }
}
