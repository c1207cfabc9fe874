package smelt.planner.catalogue;

/** Kinds of arithmetic that have peaks of their own; f16 counts as {@link #BF16}. */
public enum Precision {
    F32,
    BF16,
    FP8,
    INT8,
    FP4,
    INT4
}
