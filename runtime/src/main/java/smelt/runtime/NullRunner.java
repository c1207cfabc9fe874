package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A model without weights, for all that is above one: its steps take modelled time, and its KV blocks remember tokens.
 * A row's logits are a hash of all tokens that its block table leads to, so that a block that is wrong, stale, shared
 * by mistake or given away too early shows as another answer. Refuses batches that break the contract.
 */
public final class NullRunner implements StepRunner {
    private static final int PIECES = 16;
    /** A modelled step listens as often as a real one of some size. */
    private static final long STAGE_NANOS = 5_000_000;

    private final Limits limits;
    private final long nanosPerStep;
    private final long nanosPerRow;
    private final LongConsumer wait;
    /** One more than the token at each position of each block; 0: never written. */
    private final int[] memory;

    private final float[][] rows;
    private final MemorySegment[] segments;
    private final NullLogits logits = new NullLogits();
    private boolean closed;
    private volatile boolean interrupted;
    /** The step that is computed piece by piece; null for none. */
    private @Nullable StepBatch begun;

    private int nextPiece;

    private NullRunner(Limits limits, long nanosPerStep, long nanosPerRow, LongConsumer wait) {
        this.limits = limits;
        this.nanosPerStep = nanosPerStep;
        this.nanosPerRow = nanosPerRow;
        this.wait = wait;
        memory = new int[Math.multiplyExact(limits.blockCount(), limits.blockPositions())];
        rows = new float[limits.maxLogits()][limits.vocabulary()];
        segments = new MemorySegment[rows.length];
        for (int i = 0; i < rows.length; i++) {
            segments[i] = MemorySegment.ofArray(rows[i]);
        }
    }

    /** Takes no time but its own. */
    public static NullRunner untimed(Limits limits) {
        return new NullRunner(limits, 0, 0, nanos -> {});
    }

    /**
     * Takes time.
     *
     * @param wait lets so many nanoseconds pass, really or on a clock of its own; called several times for a long step
     */
    public static NullRunner timed(Limits limits, long nanosPerStep, long nanosPerRow, LongConsumer wait) {
        return new NullRunner(limits, nanosPerStep, nanosPerRow, wait);
    }

    @Override
    public Limits limits() {
        return limits;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public KvBlocks blocks() {
        return new NullBlocks();
    }

    /** The tokens of a block, each one more than it is. */
    private final class NullBlocks implements KvBlocks {
        @Override
        public long bytes() {
            return limits.blockPositions() * 4L;
        }

        @Override
        public void copyOut(int block, MemorySegment to) {
            int from = Objects.checkIndex(block, limits.blockCount()) * limits.blockPositions();
            MemorySegment.copy(memory, from, to, ValueLayout.JAVA_INT_UNALIGNED, 0, limits.blockPositions());
        }

        @Override
        public void copyIn(int block, MemorySegment from) {
            int to = Objects.checkIndex(block, limits.blockCount()) * limits.blockPositions();
            MemorySegment.copy(from, ValueLayout.JAVA_INT_UNALIGNED, 0, memory, to, limits.blockPositions());
        }

        @Override
        public Origin origin() {
            return new Origin("tokens alone", "null, " + limits.vocabulary() + " tokens", "null");
        }
    }

    @Override
    public Logits run(StepBatch batch) {
        check(batch);
        remember(batch, 0, PIECES);
        logits.count = write(batch);
        pass(nanos(batch), batch);
        return logits;
    }

    private long nanos(StepBatch batch) {
        return nanosPerStep + nanosPerRow * batch.rows();
    }

    /** Writes the tokens of some pieces into their blocks. */
    private void remember(StepBatch batch, int firstPiece, int endPiece) {
        for (int c = 0; c < batch.chunks().size(); c++) {
            StepBatch.Chunk chunk = batch.chunks().get(c);
            int length = chunk.tokens().length;
            for (int i = length * firstPiece / PIECES; i < length * endPiece / PIECES; i++) {
                memory[slot(chunk, chunk.firstPosition() + i)] = chunk.tokens()[i] + 1;
            }
        }
    }

    @Override
    public int pieces() {
        return PIECES;
    }

    @Override
    public void begin(StepBatch batch) {
        check(batch);
        if (begun != null) {
            throw new IllegalStateException("a step that was begun has not ended");
        }
        begun = batch;
        nextPiece = 0;
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        StepBatch batch = Objects.requireNonNull(begun, "no step was begun");
        long piece = nanos(batch) / PIECES;
        long spent = 0;
        do {
            begun = null; // interrupted, it has ended
            pass(piece, batch);
            begun = batch;
            remember(batch, nextPiece, nextPiece + 1);
            nextPiece++;
            spent += piece;
        } while (nextPiece < PIECES && spent + piece <= nanos);
        if (nextPiece < PIECES) {
            return null;
        }
        begun = null;
        logits.count = write(batch);
        return logits;
    }

    @Override
    public void abandon() {
        begun = null;
    }

    /** Lets time pass, and looks at intervals whether the step is to end; what it computed is no use then. */
    private void pass(long nanos, StepBatch batch) {
        long left = nanos;
        while (!interrupted && left > 0) {
            wait.accept(Math.min(left, STAGE_NANOS));
            left -= STAGE_NANOS;
        }
        if (interrupted) {
            interrupted = false;
            for (StepBatch.Chunk chunk : batch.chunks()) {
                for (int i = 0; i < chunk.tokens().length; i++) {
                    memory[slot(chunk, chunk.firstPosition() + i)] = 0;
                }
            }
            throw new StepInterrupted();
        }
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    private final class NullLogits implements Logits {
        private int count;

        @Override
        public int count() {
            return count;
        }

        @Override
        public MemorySegment row(int index) {
            return segments[Objects.checkIndex(index, count)];
        }

        @Override
        public void maxima(int index, float[] to) {
            LogitChunks.maxima(rows[Objects.checkIndex(index, count)], to);
        }

        @Override
        public void masses(int index, double temperature, float[] to) {
            LogitChunks.masses(rows[Objects.checkIndex(index, count)], LogitChunks.scale(temperature), to);
        }
    }

    private void check(StepBatch batch) {
        int wanted = 0;
        for (int i = 0; i < batch.chunks().size(); i++) {
            StepBatch.Chunk chunk = batch.chunks().get(i);
            check(chunk);
            wanted += chunk.tokens().length - chunk.logitsFrom();
        }
        int rows = batch.rows();
        if (rows == 0 || rows > limits.maxRows() || wanted > limits.maxLogits()) {
            throw broken(rows + " rows and " + wanted + " wanted ones");
        }
    }

    private void check(StepBatch.Chunk chunk) {
        int length = chunk.tokens().length;
        int end = chunk.firstPosition() + length;
        if (length == 0 || chunk.firstPosition() < 0) {
            throw broken("an empty or misplaced chunk");
        }
        if (chunk.logitsFrom() < 0 || chunk.logitsFrom() > length) {
            throw broken("logits of no row");
        }
        if (end > limits.contextLength() || end > (long) chunk.blocks().length * limits.blockPositions()) {
            throw broken("position " + end + " has no block or lies outside the context");
        }
        for (int token : chunk.tokens()) {
            if (token < 0 || token >= limits.vocabulary()) {
                throw broken("token " + token + " does not exist");
            }
        }
    }

    private static Failure broken(String complaint) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The step cannot run: " + complaint);
    }

    private int slot(StepBatch.Chunk chunk, int position) {
        int block = chunk.blocks()[position / limits.blockPositions()];
        return Objects.checkIndex(block, limits.blockCount()) * limits.blockPositions()
                + position % limits.blockPositions();
    }

    /** Writes all wanted rows; returns how many there are. */
    private int write(StepBatch batch) {
        int count = 0;
        for (int c = 0; c < batch.chunks().size(); c++) {
            count = write(batch.chunks().get(c), count);
        }
        return count;
    }

    /** Writes the wanted rows of {@code chunk} from row {@code count} on; returns how many there are then. */
    private int write(StepBatch.Chunk chunk, int count) {
        long hash = 0;
        int end = chunk.firstPosition() + chunk.tokens().length;
        int filled = count;
        for (int position = 0; position < end; position++) {
            hash = mix(hash + memory[slot(chunk, position)]);
            if (position >= chunk.firstPosition() + chunk.logitsFrom()) {
                fill(rows[filled++], hash);
            }
        }
        return filled;
    }

    /** Logits from -4 to 4. */
    private static void fill(float[] row, long hash) {
        for (int id = 0; id < row.length; id++) {
            row[id] = (mix(hash + id) >>> 40) * 0x1p-21f - 4;
        }
    }

    /** Scatters bits as SplitMix64 does. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public void close() {
        closed = true;
    }
}
