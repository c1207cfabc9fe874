package smelt.engine.guess;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some steps with guesses of a draft model that does not pay, as far as is known: so that it is known. One sequence at
 * a time, and as often as the time that it may cost has been saved up.
 */
final class DraftTrial {
    private static final int GUESSES = 2;
    private static final int STEPS = 4;
    /** Steps between two of them: after each that did not lead to more, twice as many. */
    private static final int PAUSE = 64;

    private static final int LONGEST_PAUSE = 2048;
    /** What the draft model may lack of a sequence, and how many more for each step that none with so little comes. */
    private static final int LEAST_BEHIND = 64;

    private static final int MORE_BEHIND = 4;
    private static final int MOST_OVERDUE = -(1 << 20);
    /** Tokens that the sequence can still come to, at least. */
    private static final int LEAST_ROOM = 32;

    private @Nullable Guessed sequence;
    private int stepsLeft;
    /** Steps until the next one; below zero where it is overdue. */
    private int left;

    private int pause = PAUSE;
    private double loss;
    /** What the last trial lost. */
    private double usualLoss;

    /** The sequence that it is made with; null where there is none just now. */
    @Nullable
    Guessed of(List<? extends Guessed> step, Allowance allowance) {
        if (sequence != null && (stepsLeft == 0 || !step.contains(sequence) || allowance.isInDebt())) {
            usualLoss = Math.max(0, loss);
            sequence = null;
            left = pause;
            pause = Math.min(LONGEST_PAUSE, 2 * pause);
        }
        return sequence;
    }

    /** The draft model guesses without. */
    void postpone() {
        pause = PAUSE;
        left = PAUSE;
    }

    /** Another step passes; begins with the first sequence of it that will do, if it is time. */
    void look(List<? extends Guessed> step, Draft draft, Allowance allowance) {
        left = Math.max(left - 1, MOST_OVERDUE);
        if (of(step, allowance) != null || left > 0) {
            return;
        }
        for (int i = 0; i < step.size() && sequence == null; i++) {
            DraftProposer proposer = draft.proposer(step.get(i));
            if (proposer != null && step.get(i).room() >= LEAST_ROOM) {
                look(step.get(i), step.get(i).tokenCount() - proposer.computed(), draft, allowance);
            }
        }
    }

    private void look(Guessed at, int behind, Draft draft, Allowance allowance) {
        int most = LEAST_BEHIND - MORE_BEHIND * left;
        if (behind <= most && allowance.affords(Math.max(usualLoss, draft.nanosOf(behind)))) {
            sequence = at;
            stepsLeft = STEPS;
            loss = 0;
        }
    }

    /** Guesses of the coming step. */
    int guesses(Guessed of, int most) {
        stepsLeft--;
        return Math.min(Math.min(GUESSES, most), of.room() - 1);
    }

    /** A step of it lost so much. */
    void lost(double nanos) {
        loss += nanos;
    }
}
