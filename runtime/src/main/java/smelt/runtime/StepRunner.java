package smelt.runtime;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps of one loaded model; the engine's only way to arithmetic. Used by one thread at a time. The logits of a
 * row depend on the tokens of its own sequence up to it and on nothing else, to the bit.
 */
public interface StepRunner extends AutoCloseable {
    Limits limits();

    /** What lies in the KV blocks. */
    KvBlocks blocks();

    /**
     * Computes keys and values of all rows and the wanted logits.
     *
     * @throws smelt.base.Failure INVALID_ARGUMENT where the batch breaks {@link #limits} or names a token or block that
     *     does not exist; nothing was computed then
     * @throws StepInterrupted where {@link #interrupt} ended the step early; its rows have to be computed again, what
     *     their keys and values are until then is undefined
     */
    Logits run(StepBatch batch);

    /** How many pieces a step can be taken in, see {@link #begin}; 0: steps are run whole. */
    default int pieces() {
        return 0;
    }

    /**
     * Begins a step that is computed piece by piece, with whole steps of other sequences in between. There is one at a
     * time; the batch, and the blocks it names, stay as they are until it has ended.
     *
     * @throws smelt.base.Failure as {@link #run}
     */
    default void begin(StepBatch batch) {
        throw new UnsupportedOperationException("steps are run whole");
    }

    /**
     * Computes the next piece of the step that was begun, and more as long as they will not take longer than
     * {@code nanos} together, as far as is known.
     *
     * @return its logits once all of it is computed; null before
     * @throws StepInterrupted as {@link #run}; the step has ended then
     */
    default @Nullable Logits proceed(long nanos) {
        throw new UnsupportedOperationException("no step was begun");
    }

    /** Ends the step that was begun, if any: its rows will have to be computed again. */
    default void abandon() {}

    /**
     * Makes the step that runs, or the next one if none runs, end as soon as it can, which is after a small part of it.
     * From any thread, at any time. It may come too late, and a runner whose steps are short need not listen.
     */
    default void interrupt() {}

    /** Bytes of weights that a step of one token reads, of a mixture those that the token uses; 0 where none are. */
    default double stepBytes() {
        return 0;
    }

    @Override
    void close();

    /**
     * @param vocabulary logits per row
     * @param contextLength positions of one sequence
     * @param blockPositions positions in a KV block
     * @param blockCount KV blocks, numbered from 0, that the caller hands out to sequences
     * @param maxRows tokens in one step
     * @param maxLogits wanted rows in one step
     */
    record Limits(int vocabulary, int contextLength, int blockPositions, int blockCount, int maxRows, int maxLogits) {}

    /** Wanted rows in the order of the batch; valid until the next run. */
    interface Logits {
        int count();

        /** {@code vocabulary} f32 values of the i-th wanted row. */
        MemorySegment row(int index);

        /**
         * Copies the largest logit of each chunk of {@link LogitChunks#SIZE} tokens of the i-th wanted row; +Infinity
         * where a logit of the chunk is NaN or that.
         */
        default void maxima(int index, float[] to) {
            LogitChunks.maxima(row(index), to);
        }

        /**
         * Copies the mass of each chunk: the sum of exp((logit - largest of the chunk) / temperature), as
         * {@link LogitChunks#mass} defines it to the bit. Slow for a temperature that the batch did not announce.
         */
        default void masses(int index, double temperature, float[] to) {
            LogitChunks.masses(row(index), LogitChunks.scale(temperature), to);
        }
    }
}
