package smelt.engine.guess;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many guesses are computed beside the tokens that generating sequences have, and whose. A guess that is right
 * saves a step; so as many are taken as {@link GuessPlan} expects to pay, and none where nothing is to be gained. What
 * guesses really save or lose is measured: {@link Allowance} keeps account of it. Guesses by n-grams cost rows of the
 * step alone and are compared with what came whether they were computed or not; those of a draft model cost its steps
 * too, and must be tried ({@link DraftTrial}) to be known.
 */
public final class Speculator {
    /** Tokens that a sequence is expected to go on for, at least, where it may. */
    private static final int LEAST_HORIZON = 64;
    /** What catching up must be expected to save, by what it costs. */
    private static final double WORTH = 1.5;

    /** The gain that is expected then, by that which is worth a guess. */
    private static final double INVESTED = 1.1;

    private static final int LEAST_ROWS = 16;
    private static final int MOST_ROWS = 128;
    /** A step that takes longer by more than this was disturbed; so many times that of one without guesses. */
    private static final int DISTURBED = 2;
    /** Weight of the latest step without guesses. */
    private static final double LATEST = 0.1;

    private final boolean byNgrams;
    private final @Nullable Draft draft;
    private final @Nullable StepCosts[] costs = new StepCosts[GuessPlan.MOST_SEQUENCES + 1];
    /** Mean nanoseconds of steps without guesses, by sequences: what guesses are judged by afterwards. */
    private final double[] plain = new double[GuessPlan.MOST_SEQUENCES + 1];

    private final GuessPlan free = new GuessPlan();
    private final GuessPlan mixed = new GuessPlan();
    private final Allowance allowance = new Allowance();
    private final DraftTrial trial = new DraftTrial();
    private long draftNanos;

    public Speculator(boolean byNgrams, @Nullable Draft draft) {
        this.byNgrams = byNgrams;
        this.draft = draft;
    }

    /** Plans for the sequences of a step, each of which generates one token, {@code most} guesses at most. */
    public void propose(List<? extends Guessed> step, int most) {
        int sequences = step.size();
        if (sequences > GuessPlan.MOST_SEQUENCES
                || most <= 0
                || costs(sequences).wantsBase()) {
            return;
        }
        StepCosts cost = costs(sequences);
        for (int i = 0; i < sequences; i++) {
            Guessed sequence = step.get(i);
            free.let(i, byNgrams && sequence.speculates() ? sequence.guesses().ngrams(sequence) : null, sequence);
        }
        double least = allowance.leastGain() * sequences / cost.of(sequences);
        free.make(step, cost, null, most, least);
        if (draft == null || !draft(draft, step, cost, most)) {
            free.apply(step);
        }
    }

    /** Whether the draft model takes part. */
    private boolean draft(Draft by, List<? extends Guessed> step, StepCosts cost, int most) {
        trial.look(step, by, allowance);
        Guessed tried = trial.of(step, allowance);
        boolean busy = false;
        for (int i = 0; i < step.size(); i++) {
            Guessed sequence = step.get(i);
            DraftProposer drafts = by.proposer(sequence);
            boolean ready = drafts != null && isReady(sequence, drafts);
            if (drafts != null && !ready && !busy && (sequence == tried || isWorth(by, sequence, drafts, step, cost))) {
                by.catchUp(sequence, drafts, rowsToCatchUp(by, cost.of(step.size())));
                busy = true;
            }
            boolean likelier = drafts != null && ready && drafts.chance(0) > free.chance(i);
            mixed.let(i, likelier ? drafts : free.proposer(i), sequence);
        }
        DraftProposer drafts = tried == null ? null : by.proposer(tried);
        if (tried != null && drafts != null && isReady(tried, drafts)) {
            tried.guesses().take(drafts, trial.guesses(tried, most));
            return true;
        }
        mixed.make(step, cost, by, most, free.rate());
        if (mixed.taken() > 0) {
            trial.postpone();
            mixed.apply(step);
        }
        return mixed.taken() > 0;
    }

    private static boolean isReady(Guessed sequence, DraftProposer drafts) {
        return sequence.tokenCount() - drafts.computed() <= GuessPlan.READY;
    }

    /** As many as take no longer than the step itself: nobody waits more than twice as long. */
    private static int rowsToCatchUp(Draft by, double stepNanos) {
        double each = by.nanosOf(MOST_ROWS) / MOST_ROWS;
        return each == 0 ? LEAST_ROWS : (int) Math.clamp(stepNanos / each, LEAST_ROWS, MOST_ROWS);
    }

    /** Whether the sequence is expected to go on for so long that it pays to compute all of it in the draft model. */
    private boolean isWorth(
            Draft by, Guessed sequence, DraftProposer drafts, List<? extends Guessed> step, StepCosts cost) {
        double gain = gain(by, drafts.chance(0), step.size(), cost);
        if (gain < INVESTED * allowance.leastGain()) {
            return false;
        }
        int horizon =
                Math.min(sequence.room(), Math.max(LEAST_HORIZON, sequence.tokenCount() - sequence.promptLength()));
        double saved = horizon * cost.of(step.size()) / step.size() * (1 - 1 / gain);
        return saved > WORTH * by.nanosOf(sequence.tokenCount() - drafts.computed());
    }

    /** Expected ratio of speeds where the draft model guesses for all, and is right so often. */
    private static double gain(Draft by, double share, int sequences, StepCosts cost) {
        double each = by.nanosOf(sequences);
        double best = 0;
        double tokens = 1;
        double chance = 1;
        int most = Math.min(DraftProposer.MOST_GUESSES, GuessPlan.MOST_ROWS / sequences - 1);
        for (int depth = 1; each > 0 && depth <= most; depth++) {
            chance *= share;
            tokens += chance;
            double nanos = cost.of(sequences * (1 + depth)) + depth * each;
            best = Math.max(best, tokens * cost.of(sequences) / nanos);
        }
        return best;
    }

    /** Lets the draft model guess what is its to guess. */
    public void guess(List<? extends Guessed> step) {
        if (draft != null) {
            draft.guess(step);
        }
    }

    /** Nanoseconds that the draft model took since this was asked last. */
    public long takeDraftNanos() {
        draftNanos = draft == null ? 0 : draft.takeNanos();
        return draftNanos;
    }

    /** A step of generating sequences with so many rows took so long, and gave so many more tokens than sequences. */
    public void observe(int sequences, int rows, long nanos, int accepted) {
        if (sequences > GuessPlan.MOST_SEQUENCES || rows > GuessPlan.MOST_ROWS) {
            return;
        }
        costs(sequences).observe(rows, nanos);
        double usual = plain[sequences];
        if (rows == sequences && draftNanos == 0) {
            plain[sequences] += usual == 0 ? nanos : LATEST * (Math.min(nanos, DISTURBED * usual) - usual);
            allowance.earn(plain[sequences]);
        } else if (usual > 0) {
            double took = Math.min(nanos, DISTURBED * usual * rows / sequences) + draftNanos;
            double gain = usual * (sequences + accepted) / sequences - took;
            allowance.settle(gain, usual);
            trial.lost(-gain);
        }
    }

    /** The sequence is over. */
    public void forget(Guessed sequence) {
        if (draft != null) {
            draft.forget(sequence);
        }
    }

    /** By the engine's own measurement; below zero: lost. */
    public long savedNanos() {
        return allowance.savedNanos();
    }

    private StepCosts costs(int sequences) {
        StepCosts of = costs[sequences];
        if (of == null) {
            of = new StepCosts(sequences, GuessPlan.MOST_ROWS);
            costs[sequences] = of;
        }
        return of;
    }
}
