package smelt.compiler;

import smelt.graph.Attr;

/** What an entry of a kernel's argument table points to; the runtime binds it, per layer where that matters. */
public sealed interface Argument {
    /** A matrix packed as {@link PanelLayout}, or {@code count} of them one after another. */
    record Matrix(String slot) implements Argument {}

    /** A vector as f32, padded with zeros to whole vectors of 16 and one more. */
    record Vector(String slot) implements Argument {}

    /** Rows of activations. */
    record Rows(int buffer) implements Argument {}

    record Step(StepField field) implements Argument {}

    /** Per position: cosine of each rotated column of a head, then signed sine, f32. */
    record RopeTable(Attr.Rope rope) implements Argument {}

    /** The layer's KV blocks, {@link CacheLayout}. */
    enum Cache implements Argument {
        CACHE
    }

    /** Parts of attention, [part][head][{@link CacheLayout#partBytes} bytes]. */
    enum Parts implements Argument {
        PARTS
    }

    /**
     * {@link #BYTES} for each thread, of the call's own: an i64 of how many of the thread's items are taken. Zero when
     * a step of at least {@link StepField#SHARED_FROM} rows begins.
     *
     * @param number among those of the call
     */
    record Pools(int number) implements Argument {
        /** A cache line, so that threads do not disturb each other. */
        public static final int BYTES = 64;
    }

    /** {@link StepProgram#SCRATCH_BYTES} for each thread. */
    enum Scratch implements Argument {
        SCRATCH
    }
}
