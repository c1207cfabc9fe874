package smelt.bench;

import java.util.List;
import java.util.Optional;

/**
 * What guessing ahead is worth.
 *
 * @param model as the user named it
 * @param draft file of the draft model; empty for none
 * @param tier instruction set of the kernels
 * @param texts kinds of text, from the most predictable one
 * @param remarks what to know when reading the figures
 * @param seconds that everything took
 */
public record GuessingReport(
        String model,
        Optional<String> draft,
        String cpu,
        String tier,
        int threads,
        int repeat,
        long seed,
        List<Text> texts,
        List<String> remarks,
        double seconds) {
    public GuessingReport {
        texts = List.copyOf(texts);
        remarks = List.copyOf(remarks);
    }

    /**
     * One user, one kind of text.
     *
     * @param tokens of one answer
     * @param plainTokensPerSecond without guesses
     * @param guessingTokensPerSecond with them, the same tokens
     * @param ratio of tokens a second, of runs one after the other
     * @param proposed guesses computed, in all rounds
     * @param accepted of these, those that were right
     * @param drafted of the guesses, those of the draft model
     * @param draftsAccepted of these, those that were right
     * @param same whether all tokens and their log-probabilities were the same bits both ways
     */
    public record Text(
            String name,
            int prompt,
            int tokens,
            Spread plainTokensPerSecond,
            Spread guessingTokensPerSecond,
            Spread ratio,
            long proposed,
            long accepted,
            long drafted,
            long draftsAccepted,
            boolean same) {}
}
