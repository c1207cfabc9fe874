package smelt.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some steps with guesses of a draft model that does not pay, as far as is known: so that it is known. One sequence at
 * a time, and as often as the time that it may cost has been saved up.
 */
final class DraftTrial {
    private static final int GUESSES = 4;
    private static final int STEPS = 6;
    /** Steps between two of them. */
    private static final int PAUSE = 64;
    /** Tokens that the sequence can still come to, at least. */
    private static final int LEAST_ROOM = 32;

    private @Nullable Sequence sequence;
    private int stepsLeft;
    private int pause;
    private double loss;
    /** What the last trial lost. */
    private double usualLoss;

    /** The sequence that it is made with; null where there is none just now. */
    @Nullable
    Sequence of(List<Sequence> step, Allowance allowance) {
        if (sequence != null && (stepsLeft == 0 || !step.contains(sequence) || allowance.isInDebt())) {
            usualLoss = Math.max(0, loss);
            sequence = null;
            pause = PAUSE;
        }
        return sequence;
    }

    /** The draft model guesses without. */
    void postpone() {
        pause = PAUSE;
    }

    /** Another step passes; begins with the first sequence of it that will do, if it is time. */
    void look(List<Sequence> step, Draft draft, Allowance allowance) {
        if (of(step, allowance) != null || pause-- > 0) {
            return;
        }
        pause = 0;
        for (int i = 0; i < step.size(); i++) {
            DraftProposer proposer = step.get(i).drafts(draft);
            if (proposer != null && step.get(i).room() >= LEAST_ROOM) {
                double catchingUp = draft.nanosOf(step.get(i).tokenCount() - proposer.computed());
                if (allowance.affords(Math.max(usualLoss, catchingUp))) {
                    sequence = step.get(i);
                    stepsLeft = STEPS;
                    loss = 0;
                }
                return;
            }
        }
    }

    /** Guesses of the coming step. */
    int guesses(Sequence of, int most) {
        stepsLeft--;
        return Math.min(Math.min(GUESSES, most), of.room() - 1);
    }

    /** A step of it lost so much. */
    void lost(double nanos) {
        loss += nanos;
    }
}
