package smelt.engine.guess;

import org.jspecify.annotations.Nullable;

/** The guesses at the next tokens of one sequence that the coming step computes, and whose they are. */
public final class Guesses {
    private final NgramProposer ngrams;
    private @Nullable Proposer proposer;
    private int count;

    public Guesses(int promptLength) {
        ngrams = new NgramProposer(promptLength);
    }

    /** What guesses by what {@code sequence}, whose guesses these are, said before; has seen all its tokens. */
    NgramProposer ngrams(Guessed sequence) {
        ngrams.see(sequence.tokens(), sequence.tokenCount());
        return ngrams;
    }

    /** Who guesses; null where nobody did yet. */
    @Nullable
    Proposer proposer() {
        return proposer;
    }

    void take(@Nullable Proposer by, int guesses) {
        proposer = by;
        count = guesses;
    }

    public int count() {
        return count;
    }

    /** No more than so many. */
    public void limit(int most) {
        count = Math.min(count, most);
    }

    /** Whether a draft model makes them, not n-grams. */
    public boolean byDraft() {
        return proposer instanceof DraftProposer;
    }

    /** Writes them to {@code rows} from {@code at} on, for a sequence of these {@code tokens}. */
    public void write(int[] tokens, int[] rows, int at) {
        for (int i = 0; proposer != null && i < count; i++) {
            rows[at + i] = proposer.guess(tokens, i);
        }
    }
}
