package smelt.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.engine.cache.BlockPool;
import smelt.engine.cache.PrefixTree;
import smelt.engine.guess.Draft;
import smelt.engine.guess.Guesses;
import smelt.engine.guess.Speculator;
import smelt.runtime.StepRunner.Limits;

/**
 * Decides who computes how many tokens in the next step: first one token of every sequence that generates, then prompts
 * in chunks, as many tokens as {@link StepPace} allows; where there are no prompts, guesses at next tokens, as many as
 * {@link Speculator} expects to pay. Blocks are taken as sequences grow; where none is left, the sequence that comes
 * last gives way to the one that needs it, waits, and later computes its tokens anew.
 *
 * <p>All full blocks of a running sequence are in the tree, and where two computed the same, both hold the one that was
 * first. So several answers to one prompt share its full blocks, and compute for themselves the tokens after the last
 * of these: fewer than a block, in one chunk, which is cheaper than a copy would be to write for every cache.
 */
final class Scheduler {
    /** So few rows of prompts cost less together with others than in a step of their own. */
    private static final int FEW_ROWS = 8;

    private final Limits limits;
    private final int stepTokens;
    private final int maxRunning;
    private final PromptSharing sharing;
    private final boolean sharesBlocks;
    private final Admission admission;
    private final PrefixTree tree;
    private final BlockPool pool;
    private final StepPace pace;
    private final @Nullable Speculator speculator;
    private final WaitingQueue waiting = new WaitingQueue();
    /** First those that give way last. */
    private final List<Sequence> running = new ArrayList<>();

    private long arrivals;
    private long preemptions;

    /** The coming step. */
    private final StepRoom step = new StepRoom();
    /** What {@link #aside} is to begin with. */
    private final StepRoom next = new StepRoom();

    private final AsideStep aside;

    private final List<Sequence> prompts = new ArrayList<>();
    private int decoding;
    private boolean yields;
    private int proposed;
    private long draftNanos;

    /** @param aside the step of prompts beside sequences that generate; ended here where its blocks are needed */
    Scheduler(Limits limits, Settings settings, Admission admission, AsideStep aside, @Nullable Draft draft) {
        this(limits, settings, admission, aside, draft, PromptSharing.PACED, true);
    }

    /** @param sharesBlocks whether what was computed for one sequence serves others */
    Scheduler(
            Limits limits,
            Settings settings,
            Admission admission,
            AsideStep aside,
            @Nullable Draft draft,
            PromptSharing sharing,
            boolean sharesBlocks) {
        this.limits = limits;
        this.sharing = sharing;
        this.sharesBlocks = sharesBlocks;
        this.aside = aside;
        pace = new StepPace(aside.pieces());
        this.admission = admission;
        stepTokens = Math.min(settings.stepTokens(), limits.maxRows());
        maxRunning = Math.min(settings.maxRunning(), Math.min(stepTokens, limits.maxLogits()));
        speculator = speculator(settings.speculation(), draft);
        tree = new PrefixTree(limits.blockCount(), sharesBlocks ? limits.blockPositions() : 0);
        pool = new BlockPool(limits.blockCount(), tree);
    }

    private static @Nullable Speculator speculator(Speculation how, @Nullable Draft draft) {
        Draft used = how.isDraft() ? draft : null;
        return how.isNgram() || used != null ? new Speculator(how.isNgram(), used) : null;
    }

    void add(Sequence sequence) {
        sequence.arrive(arrivals++);
        waiting.add(sequence);
    }

    BlockPool pool() {
        return pool;
    }

    int runningCount() {
        return running.size();
    }

    int waitingCount() {
        return waiting.size();
    }

    long preemptions() {
        return preemptions;
    }

    /** Whether nobody runs or waits. */
    boolean isIdle() {
        return running.isEmpty() && waiting.isEmpty();
    }

    /** All that run or wait, those that run first. */
    List<Sequence> all() {
        List<Sequence> all = new ArrayList<>(running.reversed());
        waiting.forEach(all::add);
        return all;
    }

    /** Who runs in the next step, each with its tokens scheduled; valid until the next call, empty only when idle. */
    List<Sequence> schedule(long nowNanos) {
        admit(nowNanos);
        step.members().forEach(sequence -> sequence.schedule(0));
        step.open(stepTokens, limits.maxLogits());
        yields = false;
        decoding = 0;
        boolean mayDecode = sharing != PromptSharing.FIRST || !hasPrompt();
        for (int i = 0; i < running.size() && mayDecode; i++) {
            if (running.get(i).isDecoding()) {
                decoding += share(running.get(i), 1, step);
            }
        }
        proposed = 0;
        draftNanos = 0;
        findPrompts();
        if (!aside.isEmpty()) {
            return step.members();
        }
        if (!prompts.isEmpty()) {
            schedulePrompts(nowNanos);
        } else if (speculator != null && !step.isEmpty()) {
            speculate(speculator);
        }
        return step.members();
    }

    /** Rows of the step. */
    int scheduledRows() {
        return step.taken();
    }

    /** Whether the step is a long one that only one sequence wants: a newcomer may end it. */
    boolean yields() {
        return yields;
    }

    /** When the step will have run, if it begins now; Long.MAX_VALUE where nothing like it was measured. */
    long expectedEnd(long nowNanos) {
        double nanos = pace.promptNanos(scheduledRows());
        return decoding > 0 || Double.isNaN(nanos) ? Long.MAX_VALUE : nowNanos + (long) nanos;
    }

    /** How long the step of prompts may go on before the next step. */
    long asideNanos() {
        return pace.asideNanos(decoding, waitingPrompts());
    }

    /** The step was interrupted when it had taken so long. */
    void lost(long nanos) {
        if (yields && !step.members().getFirst().isCancelled()) {
            pace.lost(nanos);
        }
    }

    /** The step took so long in the model. */
    void observe(long nanos) {
        if (proposed == 0) {
            pace.observe(decoding, scheduledRows() - decoding, nanos);
        }
    }

    /** The step of prompts took so long in the model, in all. */
    void observeAside(int rows, long nanos) {
        pace.observe(0, rows, nanos);
    }

    /** Its tokens were chosen. */
    void applied(long nanos) {
        if (speculator != null && decoding + proposed == scheduledRows()) {
            int accepted = 0;
            for (Sequence sequence : step.members()) {
                accepted += sequence.accepted();
            }
            speculator.observe(decoding, scheduledRows(), nanos, accepted);
        }
    }

    /** Nanoseconds that the draft model took to prepare the step. */
    long draftNanos() {
        return draftNanos;
    }

    /** Nanoseconds that guesses have saved in all, as measured; below zero: lost. */
    long savedNanos() {
        return speculator == null ? 0 : speculator.savedNanos();
    }

    private void speculate(Speculator by) {
        List<Sequence> members = step.members();
        by.propose(members, Math.min(step.rows(), step.logits()));
        for (int i = 0; i < members.size(); i++) {
            Sequence sequence = members.get(i);
            Guesses guesses = sequence.guesses();
            guesses.limit(spare(sequence, guesses.count()));
        }
        by.guess(members);
        draftNanos = by.takeDraftNanos();
        for (int i = 0; i < members.size(); i++) {
            proposed += members.get(i).guesses().count();
        }
        step.enterGuesses(proposed);
    }

    /** For how many guesses there are blocks, without taking any that somebody will soon need more. */
    private int spare(Sequence sequence, int guesses) {
        int needed = blocksFor(sequence.computed() + 1 + guesses);
        while (sequence.blockCount() < needed && pool.available() > running.size()) {
            sequence.addBlock(pool.take());
        }
        return sequence.blockCount() * limits.blockPositions() - sequence.computed() - 1;
    }

    private void findPrompts() {
        prompts.clear();
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (!sequence.isDecoding() && !sequence.isFollowing() && !aside.has(sequence)) {
                takeCached(sequence);
                prompts.add(sequence);
            }
        }
    }

    private boolean hasPrompt() {
        for (int i = 0; i < running.size(); i++) {
            if (!running.get(i).isDecoding() && !running.get(i).isFollowing()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Paced, in this step where nobody generates; otherwise in one that is computed piece by piece between such steps.
     */
    private void schedulePrompts(long nowNanos) {
        if (sharing != PromptSharing.PACED) {
            shareInOrder();
        } else if (decoding == 0) {
            yields = running.size() == 1 && waiting.isEmpty() && pace.mayYield();
            long patience = yields ? patience(prompts.getFirst(), nowNanos) : StepPace.LIMIT_NANOS;
            shareAmongPrompts(pace.promptRows(patience, step.rows()), step);
        } else if (prompts.stream().mapToInt(Sequence::pending).sum() <= FEW_ROWS) {
            shareAmongPrompts(FEW_ROWS, step);
        } else {
            next.open(stepTokens, limits.maxLogits());
            shareAmongPrompts(pace.asideRows(decoding, waitingPrompts(), next.rows()), next);
            aside.prepare(next.members());
        }
    }

    private int waitingPrompts() {
        return running.size() - decoding + waiting.size();
    }

    private void shareInOrder() {
        for (int i = 0; i < prompts.size() && step.rows() > 0; i++) {
            if (prompts.get(i).isRunning()) {
                share(prompts.get(i), step.rows(), step);
            }
        }
    }

    /** The oldest prompt has half of what there is, the rest goes to those with the least left. */
    private void shareAmongPrompts(int rows, StepRoom room) {
        Sequence oldest = prompts.removeFirst();
        int budget = rows;
        int others = 0;
        for (int i = 0; i < prompts.size() && others < budget; i++) {
            others += prompts.get(i).pending();
        }
        budget -= share(oldest, budget - Math.min(others, budget / 2), room);
        if (prompts.size() > 1) {
            prompts.sort(Comparator.comparingInt(Sequence::pending));
        }
        for (int i = 0; i < prompts.size() && budget > 0; i++) {
            if (prompts.get(i).isRunning()) {
                budget -= share(prompts.get(i), budget, room);
            }
        }
    }

    /** Half of what is left until the deadline: what a step will take is an estimate. */
    private static long patience(Sequence sequence, long nowNanos) {
        long left = sequence.nanosLeft(nowNanos);
        return left == Long.MAX_VALUE ? left : left / 2;
    }

    /** Schedules up to {@code most} tokens of the sequence; returns how many. */
    private int share(Sequence sequence, int most, StepRoom room) {
        int length = Math.min(Math.min(most, room.rows()), sequence.pending());
        if (sequence.scoresPrompt()) {
            length = Math.min(length, sequence.logitsFrom(length) + room.logits());
        } else if (room.logits() == 0) {
            // a chunk that ends the prompt wants a row of logits; it is left a token short where there is none to spare
            length = Math.min(length, sequence.pending() - 1);
        }
        length = Math.min(length, reserve(sequence, length));
        if (length > 0) {
            room.enter(sequence, length);
        }
        return length;
    }

    /**
     * Takes blocks for the next {@code length} tokens, from those who come later if need be; returns for how many
     * tokens there are blocks.
     */
    int reserve(Sequence sequence, int length) {
        int needed = blocksFor(sequence.computed() + length);
        while (sequence.blockCount() < needed) {
            if (pool.available() > 0) {
                sequence.addBlock(pool.take());
            } else if (running.getLast() != sequence) {
                preempt(running.getLast());
            } else {
                break;
            }
        }
        return sequence.blockCount() * limits.blockPositions() - sequence.computed();
    }

    private void preempt(Sequence victim) {
        if (step.leave(victim)) {
            decoding -= victim.isDecoding() ? 1 : 0;
        } else {
            next.leave(victim);
        }
        running.removeLast();
        giveBackBlocks(victim);
        victim.preempt();
        waiting.addResumed(victim);
        preemptions++;
    }

    private void admit(long nowNanos) {
        while (!waiting.isEmpty() && running.size() < maxRunning) {
            Sequence next = waiting.head();
            takeCached(next);
            followLeader(next);
            if (!hasRoom(next)) {
                giveBackBlocks(next);
                next.stop();
                return;
            }
            waiting.take(next);
            if (!next.isStarted()) {
                admission.leave(next);
            }
            next.start(nowNanos);
            insert(next);
        }
    }

    /** Blocks for all tokens that it has now, and one more for each that runs, so that they do not soon collide. */
    private boolean hasRoom(Sequence next) {
        long needed = missingBlocks(next);
        for (int i = 0; i < running.size(); i++) {
            needed += 1 + missingBlocks(running.get(i));
        }
        return running.isEmpty() || needed <= pool.available();
    }

    private int missingBlocks(Sequence sequence) {
        int there = sequence.cachedPositions(limits.blockPositions()) / limits.blockPositions();
        return Math.max(0, blocksFor(sequence.tokenCount()) - there);
    }

    private int blocksFor(int positions) {
        return Math.ceilDiv(positions, limits.blockPositions());
    }

    private void insert(Sequence sequence) {
        int at = running.size();
        while (at > 0 && sequence.precedes(running.get(at - 1))) {
            at--;
        }
        running.add(at, sequence);
    }

    /** Where one that comes before it is about to compute more of the same tokens than the tree has, it waits. */
    private void followLeader(Sequence next) {
        if (!sharesBlocks) {
            return;
        }
        int most = next.computed();
        for (int i = 0; i < running.size(); i++) {
            Sequence other = running.get(i);
            int same = other.isDecoding() || !other.precedes(next) ? 0 : sameBlocks(other, next);
            if (same > Math.max(most, other.computed())) {
                next.follow(other, same);
                most = same;
            }
        }
    }

    /** Positions, in whole blocks, that both have the same tokens at. */
    private int sameBlocks(Sequence other, Sequence next) {
        int most = Math.min(other.tokenCount(), next.cacheable());
        int same = Arrays.mismatch(other.tokens(), 0, most, next.tokens(), 0, most);
        int positions = same < 0 ? most : same;
        return positions - positions % limits.blockPositions();
    }

    /** Takes from the tree the blocks that come next in the sequence. */
    private void takeCached(Sequence sequence) {
        int positions = limits.blockPositions();
        if (!sharesBlocks || sequence.computed() != sequence.blockCount() * positions) {
            return;
        }
        while (sequence.computed() + positions <= sequence.cacheable()) {
            int block = tree.child(lastShared(sequence), sequence.tokens(), sequence.computed());
            if (block == PrefixTree.NONE) {
                return;
            }
            pool.hold(block);
            sequence.addCached(block, positions);
        }
    }

    /** Gives the tree the blocks that the sequence has filled. */
    void publish(Sequence sequence) {
        int positions = limits.blockPositions();
        while (sharesBlocks && (sequence.sharedBlocks() + 1) * positions <= sequence.computed()) {
            int own = sequence.blocks()[sequence.sharedBlocks()];
            int parent = lastShared(sequence);
            int from = sequence.sharedBlocks() * positions;
            int known = tree.child(parent, sequence.tokens(), from);
            if (known == PrefixTree.NONE) {
                tree.add(own, parent, sequence.tokens(), from);
                sequence.share(own);
            } else {
                // another was first: the same tokens gave the same bits
                pool.hold(known);
                sequence.share(known);
                pool.giveBack(own);
            }
        }
    }

    private static int lastShared(Sequence sequence) {
        return sequence.sharedBlocks() == 0 ? PrefixTree.ROOT : sequence.blocks()[sequence.sharedBlocks() - 1];
    }

    private void giveBackBlocks(Sequence sequence) {
        if (aside.has(sequence)) {
            aside.abandon();
        }
        while (sequence.blockCount() > 0) {
            pool.giveBack(sequence.removeBlock());
        }
        sequence.forget();
    }

    /** Takes out a sequence that waits or runs, and frees what it held. */
    void remove(Sequence sequence) {
        if (sequence.isRunning()) {
            running.remove(sequence);
        } else if (waiting.remove(sequence) && !sequence.isStarted()) {
            admission.leave(sequence);
        }
        giveBackBlocks(sequence);
        sequence.stop();
        if (speculator != null) {
            speculator.forget(sequence);
        }
    }
}
