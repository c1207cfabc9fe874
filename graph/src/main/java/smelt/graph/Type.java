package smelt.graph;

import smelt.base.DType;

/** What a node evaluates to. */
public sealed interface Type {
    /** Activations: one f32 row of {@code width} for each token of the step. */
    record Rows(int width) implements Type {}

    /**
     * Activations as integers with a scale per 32 columns.
     *
     * @param wide 16 bits, as two int8 codes, instead of 8
     * @param halves also with the sums of each 16 columns, for weights that have a scale for so many
     */
    record Quantised(int width, boolean wide, boolean halves) implements Type {}

    /**
     * A stored tensor: a matrix of {@code count} x {@code rows} x {@code columns}; count above 1 for stacked experts.
     */
    record Weight(DType dtype, int count, int rows, int columns) implements Type {}

    /** Kernel values. The vector sizes are logical: each target legalises them as it can. */
    enum Value implements Type {
        /** 64-bit integer or address. */
        I64,
        /** 16 lanes of f32. */
        F32X16,
        /** 16 lanes of i32. */
        I32X16,
        /** 64 lanes of i8; four neighbours belong to one 32-bit lane. */
        I8X64,
        /** 16 truth values. */
        MASK,
        /** One truth value. */
        BOOL
    }

    /** Statements: stores, loops, blocks. */
    enum Effect implements Type {
        NONE
    }
}
