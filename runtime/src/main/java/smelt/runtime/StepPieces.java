package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.compiler.StepProgram;
import smelt.targets.Target;

/**
 * A step that is computed layer by layer, with other steps in between. Only the residual stream goes from one layer to
 * the next: it is put aside meanwhile.
 */
final class StepPieces {
    private final int[] ends;
    private final MemorySegment residual;
    private final int stride;
    private final int threads;
    private final NativeMemory aside;
    private @Nullable StepBatch batch;
    private int next;

    /**
     * @param residual where kernels have the residual stream
     * @param threads each of which may have its own copy of a single row
     */
    StepPieces(StepProgram program, MemorySegment residual, int threads, Owned owned) {
        this.residual = residual;
        this.threads = threads;
        stride = program.buffers().get(StepProgram.RESIDUAL).stride();
        aside = owned.allocate(residual.byteSize(), "a step that waits");
        ends = new int[program.layers().size() + 1];
        int end = program.embedding().size();
        for (int i = 0; i < program.layers().size(); i++) {
            end += program.layers().get(i).size();
            ends[i] = end;
        }
        ends[ends.length - 1] = end + program.head().size();
    }

    /** Layers, the embedding being part of the first, and the head. */
    int count() {
        return ends.length;
    }

    MemorySegment aside() {
        return aside.segment();
    }

    void begin(StepBatch what) {
        if (batch != null) {
            throw new IllegalStateException("a step that was begun has not ended");
        }
        batch = what;
        next = 0;
    }

    StepBatch batch() {
        return Objects.requireNonNull(batch, "no step was begun");
    }

    boolean atStart() {
        return next == 0;
    }

    /** Computes pieces for {@code nanos}, as {@link StepRunner#proceed} does; returns whether these were the last. */
    boolean proceed(Target.Step step, long nanos) {
        int rows = batch().rows();
        long bytes = (long) Math.max(rows, threads) * stride;
        if (!atStart()) {
            MemorySegment.copy(aside.segment(), 0, residual, 0, bytes);
        }
        long start = System.nanoTime();
        long before = start;
        long took;
        do {
            if (!step.run(rows, atStart() ? 0 : ends[next - 1], ends[next])) {
                end();
                throw new StepInterrupted();
            }
            next++;
            long now = System.nanoTime();
            took = now - before;
            before = now;
        } while (next < ends.length && before - start + took <= nanos);
        if (next < ends.length) {
            MemorySegment.copy(residual, 0, aside.segment(), 0, bytes);
            return false;
        }
        end();
        return true;
    }

    void end() {
        batch = null;
    }
}
