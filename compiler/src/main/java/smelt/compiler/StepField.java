package smelt.compiler;

/** Memory that the runtime fills before each step; integers are i32 unless told otherwise. */
public enum StepField {
    /** i64: rows, wanted rows, attention items, and 1 if there is a single row, else 0. */
    COUNTS,
    /** Per row: its position in the sequence. */
    POSITIONS,
    /** Per row: the last position that its sequence has in this step. */
    LAST_POSITIONS,
    /** Per row: where its sequence's blocks start in BLOCKS. */
    BLOCKS_START,
    /** Block numbers of all sequences. */
    BLOCKS,
    /** Per row: number of its first part (that of chunk 0), or -1 where one item attends over all chunks. */
    PARTS_START,
    /** Rows whose logits are wanted. */
    WANTED,
    /** Per wanted row: the {@link SummaryLayout#MASSES} scales of its masses, f32; 0: that mass is not wanted. */
    SCALES,
    /** Attention items of {@link #ITEM_WORDS} words: first row, rows, first chunk, chunk to end before, 1 if a part. */
    ITEMS;

    public static final int ITEM_WORDS = 5;

    /** Rows of a step from which on threads help each other; {@link Argument.Pools} must then be zero. */
    public static final int SHARED_FROM = 16;

    /** Byte offsets in COUNTS. */
    public static final int ROW_COUNT = 0;

    public static final int WANTED_COUNT = 8;
    public static final int ITEM_COUNT = 16;
    public static final int SINGLE_ROW = 24;
}
