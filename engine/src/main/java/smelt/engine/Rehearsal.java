package smelt.engine;

import java.util.Arrays;
import java.util.List;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * The engine's schedule without its model: queue, scheduler, blocks and prefix tree are those of {@link Engine}; who
 * calls says how long steps take. A caller adds requests, has a step scheduled, reads what it computes, says how long
 * that took, and applies it; steps that are alike may be applied at once. Behind a step of sequences that generate goes
 * some of one of prompts, see {@link #hasAside}, where the rules are {@link PromptSharing#PACED}. For simulators; used
 * by one thread at a time.
 */
public final class Rehearsal {
    /** Hears what comes of requests, by their tickets. */
    public interface Audience {
        /** Its first token came with the step that is applied. */
        void first(long ticket);

        /** Its last token came; {@code cached} tokens of its prompt had been computed for others. */
        void last(long ticket, int cached);
    }

    /**
     * @param blockPositions tokens in a KV block
     * @param blocks KV blocks in all
     * @param stepTokens most tokens in one step
     * @param maxRunning most sequences that share steps
     * @param maxQueuedTokens prompt tokens that may wait
     * @param pieces that a step of prompts beside others is computed in
     * @param sharesBlocks whether what was computed for one request serves others that begin with the same tokens
     */
    public record Rules(
            int blockPositions,
            int blocks,
            int stepTokens,
            int maxRunning,
            long maxQueuedTokens,
            PromptSharing sharing,
            int pieces,
            boolean sharesBlocks) {}

    /** Nothing is computed. */
    private record NoModel(Limits limits, int pieces) implements StepRunner {
        @Override
        public KvBlocks blocks() {
            throw new UnsupportedOperationException("there are no blocks but their numbers");
        }

        @Override
        public Logits run(StepBatch batch) {
            throw new UnsupportedOperationException("nothing is computed");
        }

        @Override
        public void close() {}
    }

    private final Audience audience;
    private final Admission admission;
    private final Scheduler scheduler;
    private final AsideStep aside;
    private final int blockPositions;
    private final int maxRunning;
    /** At which steps, modulo the size of a block, how many sequences need another block. */
    private final int[] growth;

    private List<Sequence> step = List.of();
    private int promptRows;
    private long promptContext;
    private int decodeRows;
    private long decodeContext;

    public Rehearsal(Rules rules, Audience audience) {
        this.audience = audience;
        blockPositions = rules.blockPositions();
        growth = new int[blockPositions];
        maxRunning = Math.min(rules.maxRunning(), rules.stepTokens());
        int positions = (int) Math.min(Integer.MAX_VALUE, (long) rules.blocks() * blockPositions);
        StepRunner.Limits limits = new StepRunner.Limits(
                Integer.MAX_VALUE, positions, blockPositions, rules.blocks(), rules.stepTokens(), maxRunning);
        admission = new Admission(limits, false, rules.maxQueuedTokens());
        aside = new AsideStep(new NoModel(limits, rules.pieces()));
        Settings settings = new Settings(rules.stepTokens(), maxRunning, rules.maxQueuedTokens(), Speculation.NONE);
        scheduler = new Scheduler(limits, settings, admission, aside, null, rules.sharing(), rules.sharesBlocks());
    }

    /**
     * Queues a request whose answer is known; prompt and answer together fit into the blocks.
     *
     * @param tokens prompt and answer, of which there are {@code length}; kept, not changed; none are needed where
     *     blocks are not shared
     * @return its ticket: they are numbered from 0
     * @throws smelt.base.Failure OUT_OF_RESOURCES where the queue is full
     */
    public long add(int[] tokens, int promptLength, int length) {
        admission.enter(promptLength);
        Sequence sequence = Sequence.rehearsed(tokens, promptLength, length);
        scheduler.add(sequence);
        return sequence.arrival();
    }

    /** Puts the next step together; false where nobody runs or waits. It may be empty where there is one aside. */
    public boolean schedule(long nowNanos) {
        step = scheduler.schedule(nowNanos);
        count(step);
        return !step.isEmpty() || !aside.isEmpty();
    }

    private void count(List<Sequence> sequences) {
        promptRows = 0;
        promptContext = 0;
        decodeRows = 0;
        decodeContext = 0;
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            long rows = sequence.scheduled();
            long context = rows * sequence.computed() + rows * (rows + 1) / 2;
            if (sequence.isDecoding()) {
                decodeRows++;
                decodeContext += context;
            } else {
                promptRows += (int) rows;
                promptContext += context;
            }
        }
    }

    /** Whether the step computes nothing. */
    public boolean isEmpty() {
        return step.isEmpty();
    }

    /** Rows of prompts in the step. */
    public int promptRows() {
        return promptRows;
    }

    /** Positions that they attend to, in all. */
    public long promptContext() {
        return promptContext;
    }

    /** Sequences that generate in the step. */
    public int decodeRows() {
        return decodeRows;
    }

    /** Positions that they attend to, in all. */
    public long decodeContext() {
        return decodeContext;
    }

    /** Blocks that are held during the step. */
    public int usedBlocks() {
        return scheduler.pool().blockCount() - scheduler.pool().available();
    }

    public int runningCount() {
        return scheduler.runningCount();
    }

    public int waitingCount() {
        return scheduler.waitingCount();
    }

    public long preemptions() {
        return scheduler.preemptions();
    }

    /** Whether nobody who comes now can start before somebody ends; known once a step is scheduled. */
    public boolean isFull() {
        return scheduler.waitingCount() > 0 || scheduler.runningCount() >= maxRunning;
    }

    /** Whether somebody waits for blocks, not for a place. */
    public boolean isShortOfBlocks() {
        return scheduler.waitingCount() > 0 && scheduler.runningCount() < maxRunning;
    }

    /**
     * How many steps, the scheduled one included, are alike unless somebody comes who can start: all sequences
     * generate, none ends, and none has to give way. Each has as much more context than the one before as it has rows.
     */
    public int alike() {
        if (promptRows > 0 || decodeRows < scheduler.runningCount()) {
            return 1;
        }
        int steps = Integer.MAX_VALUE;
        Arrays.fill(growth, 0);
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.get(i);
            steps = Math.min(steps, sequence.room() - 1);
            growth[(blockPositions - sequence.computed() % blockPositions) % blockPositions]++;
        }
        int left = scheduler.pool().available();
        int supplied = 1;
        while (supplied < steps && left >= growth(supplied)) {
            left -= growth(supplied++);
        }
        return Math.max(1, Math.min(steps, supplied));
    }

    /** How many more blocks are held during the {@code index}-th of steps that are alike than during that before. */
    public int growth(int index) {
        return growth[index % blockPositions];
    }

    /** A step took so long; of each before it is applied. */
    public void observe(long nanos) {
        scheduler.observe(nanos);
    }

    /** The scheduled step has run, and as many like it as make up {@code steps}. */
    public void apply(int steps) {
        if (steps > 1) {
            applyAlike(steps);
            return;
        }
        apply(step);
    }

    private void apply(List<Sequence> sequences) {
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            sequence.advance(sequence.scheduled());
            scheduler.publish(sequence);
            if (sequence.pending() == 0) {
                choose(sequence);
            }
        }
    }

    /**
     * Whether a step of prompts goes on, in pieces, now that the scheduled step is applied; what is computed, see
     * {@link #promptRows}, is then all of that.
     */
    public boolean hasAside() {
        if (aside.isEmpty()) {
            return false;
        }
        count(aside.members());
        return true;
    }

    /** How long it goes on before the next step where all of it takes so long. */
    public long asideNanos(long nanosOfAll) {
        long piece = pieceNanos(nanosOfAll);
        long most = Math.max(1, scheduler.asideNanos() / piece);
        return Math.min(most, Math.ceilDiv(nanosOfAll - aside.nanos(), piece)) * piece;
    }

    private long pieceNanos(long nanosOfAll) {
        return Math.max(1, Math.ceilDiv(nanosOfAll, aside.pieces()));
    }

    /** It went on for so long. */
    public void applyAside(long nanos, long nanosOfAll) {
        aside.took(nanos);
        if (aside.nanos() >= nanosOfAll) {
            scheduler.observeAside(promptRows, aside.nanos());
            List<Sequence> sequences = aside.end();
            apply(sequences);
            sequences.forEach(sequence -> sequence.schedule(0));
        }
    }

    private void choose(Sequence sequence) {
        boolean first = sequence.tokenCount() == sequence.promptLength();
        sequence.appendKnown(1);
        if (first) {
            audience.first(sequence.arrival());
        }
        if (sequence.room() == 0) {
            scheduler.remove(sequence);
            sequence.finish();
            audience.last(sequence.arrival(), sequence.cachedTokens());
        }
    }

    private void applyAlike(int steps) {
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.get(i);
            scheduler.reserve(sequence, steps);
            sequence.advance(steps);
            sequence.appendKnown(steps);
            scheduler.publish(sequence);
        }
    }
}
