package smelt.graph;

/** Operations, grouped by the stage of compilation in which they may occur. */
public enum Op {
    // 1. Tensor stage: rows of f32, one per token.
    /** What a section receives: the residual stream. */
    INPUT(Stage.TENSOR),
    /** Row of a table by token id: (table). */
    TOKEN_EMBEDDING(Stage.TENSOR),
    /** Row of a table by absolute position: (table). */
    POSITION_EMBEDDING(Stage.TENSOR),
    /** A stored tensor, bound by slot name. */
    WEIGHT(Stage.TENSOR),
    /** (x, w): x times w transposed; w is [out, in]. */
    MATMUL(Stage.TENSOR),
    /** (x, w): x / sqrt(mean(x^2) + eps) * (w + offset), over segments of the row. */
    RMS_NORM(Stage.TENSOR),
    /** (x, w, b): (x - mean) / sqrt(var + eps) * w + b. */
    LAYER_NORM(Stage.TENSOR),
    /** (x): rotates pairs of each head by the token's position. */
    ROPE(Stage.TENSOR),
    /** (q, k, v): appends k and v to the layer's cache and attends over it. */
    ATTENTION(Stage.TENSOR),
    /** (x, router logits, gate, up, down): mixture of experts. */
    EXPERTS(Stage.TENSOR),
    /** (x): columns from..from+width. */
    SLICE(Stage.TENSOR),
    /** (a, b): elementwise; b may be a weight of one row, added to every token. */
    ADD(Stage.TENSOR),
    /** (a, b): elementwise; b may be a weight of one row. */
    MUL(Stage.TENSOR),
    /** (a): times a constant. */
    SCALE(Stage.TENSOR),
    /** (a): x / (1 + exp(-x)). */
    SILU(Stage.TENSOR),
    /** (a): 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
    GELU_TANH(Stage.TENSOR),
    /** (a): 0.5 x (1 + erf(x / sqrt 2)). */
    GELU_ERF(Stage.TENSOR),
    /** (a): c tanh(x / c). */
    SOFTCAP(Stage.TENSOR),

    // 1b. Tensor stage, made by the compiler's own passes.
    /** (x): each 32 columns as integers with one scale. */
    QUANTISE(Stage.TENSOR),
    /** (k, v): writes the rows into the layer's cache. */
    KEEP(Stage.TENSOR),
    /** (q, kept): attends over the cache; rows whose chunks were shared out have parts instead of a result. */
    ATTEND(Stage.TENSOR),
    /** (attended): joins those parts in order of position. */
    COMBINE(Stage.TENSOR),
    /** (x): the rows whose logits are wanted. */
    WANTED(Stage.TENSOR),
    /** (router logits): expert numbers and weights of each token. */
    ROUTE(Stage.TENSOR),
    /** (x, routes, gate, up): the activated hidden rows of a token's experts, one after another. */
    EXPERTS_UP(Stage.TENSOR),
    /** (hidden, routes, down): weighted sum over a token's experts in the order of their rank. */
    EXPERTS_DOWN(Stage.TENSOR),

    // 2. Kernel stage, structure.
    /** (block): a function of an argument table, a thread index and a thread count. */
    KERNEL(Stage.KERNEL),
    /** (nodes in order). A value stands where it is first listed. */
    BLOCK(Stage.KERNEL),
    /** (begin, end, index, block): counts index from begin by a constant step while below end. */
    FOR(Stage.KERNEL),
    /** (condition, then block, else block). */
    IF(Stage.KERNEL),
    /** Value of the enclosing loop's counter. */
    INDEX(Stage.KERNEL),
    /** (initial value): a mutable register. */
    LOCAL(Stage.KERNEL),
    /** (local). */
    READ(Stage.KERNEL),
    /** (local, value). */
    WRITE(Stage.KERNEL),
    /** The n-th 64-bit entry of the kernel's argument table. */
    ARGUMENT(Stage.KERNEL),
    THREAD(Stage.KERNEL),
    THREAD_COUNT(Stage.KERNEL),
    /** (address): reads memory as {@link MemoryKind} tells. */
    LOAD(Stage.KERNEL),
    /** (address, value). */
    STORE(Stage.KERNEL),
    /** (address, count): adds to a 64-bit integer in memory that all threads share; what was there before. */
    TAKE_I64(Stage.KERNEL),
    /** (address): memory that will soon be read; changes nothing. */
    PREFETCH(Stage.KERNEL),
    /** The same into the second cache, for what is wanted later. */
    PREFETCH_L2(Stage.KERNEL),

    // 3. Kernel stage, 64-bit integers.
    INTEGER(Stage.KERNEL),
    ADD_I64(Stage.KERNEL),
    SUB_I64(Stage.KERNEL),
    MUL_I64(Stage.KERNEL),
    /** Operands are not negative. */
    DIV_I64(Stage.KERNEL),
    /** Operands are not negative. */
    REM_I64(Stage.KERNEL),
    MIN_I64(Stage.KERNEL),
    MAX_I64(Stage.KERNEL),
    /** The same value, computed into one register; addresses a constant away from it are then one operand. */
    PIN_I64(Stage.KERNEL),
    LESS_I64(Stage.KERNEL),
    EQUAL_I64(Stage.KERNEL),

    // 4. Kernel stage, 16 lanes of f32: IEEE single operations, never contracted or reordered.
    SPLAT_F32(Stage.KERNEL),
    ADD_F32(Stage.KERNEL),
    SUB_F32(Stage.KERNEL),
    MUL_F32(Stage.KERNEL),
    DIV_F32(Stage.KERNEL),
    /** (a, b, c): a b + c, rounded once. */
    FMA_F32(Stage.KERNEL),
    SQRT_F32(Stage.KERNEL),
    /** a > b ? a : b. */
    MAX_F32(Stage.KERNEL),
    /** a < b ? a : b. */
    MIN_F32(Stage.KERNEL),
    ABS_F32(Stage.KERNEL),
    /** False where an operand is NaN. */
    LESS_F32(Stage.KERNEL),
    /** (mask, a, b): a where true. */
    SELECT_F32(Stage.KERNEL),
    /** Sum of 16 lanes by the fixed tree 8-4-2-1 (lane i with lane i + 8, ...), in every lane. */
    SUM_F32(Stage.KERNEL),
    /** Largest lane, in every lane. */
    TOP_F32(Stage.KERNEL),
    /** Lanes 2i and 2i + 1 exchanged. */
    SWAP_F32(Stage.KERNEL),

    // 5. Kernel stage, 16 lanes of i32, wrapping.
    SPLAT_I32(Stage.KERNEL),
    /** (i64): its low 32 bits in every lane. */
    SPLAT_I64(Stage.KERNEL),
    /** Lane numbers 0 to 15. */
    LANES(Stage.KERNEL),
    ADD_I32(Stage.KERNEL),
    SUB_I32(Stage.KERNEL),
    MUL_I32(Stage.KERNEL),
    AND_I32(Stage.KERNEL),
    OR_I32(Stage.KERNEL),
    SHL_I32(Stage.KERNEL),
    /** Logical. */
    SHR_I32(Stage.KERNEL),
    LESS_I32(Stage.KERNEL),
    /** Exact sum of 16 lanes, in every lane. */
    SUM_I32(Stage.KERNEL),
    /** Lane 0, sign-extended to 64 bits. */
    FIRST_I32(Stage.KERNEL),
    /** Rounds to nearest even. */
    TO_F32(Stage.KERNEL),
    BITS_TO_F32(Stage.KERNEL),
    BITS_TO_I32(Stage.KERNEL),

    // 6. Kernel stage, 64 lanes of i8.
    AND_I8(Stage.KERNEL),
    OR_I8(Stage.KERNEL),
    /** Modulo 256. */
    SUB_I8(Stage.KERNEL),
    /** By a constant, zeros enter. */
    SHL_I8(Stage.KERNEL),
    SHR_I8(Stage.KERNEL),
    SPLAT_I8(Stage.KERNEL),
    /** Each lane (0 to 15) picks one of 16 constant bytes. */
    TABLE_I8(Stage.KERNEL),
    /**
     * (accumulator, u, s): lane i gets accumulator + the dot product of unsigned u and signed s over bytes 4i..4i+3.
     */
    DOT_I8(Stage.KERNEL),
    /**
     * (to, rows, codes): dots of 16 rows at once, in memory. Row t has 4 n signed bytes at rows + t times a stride;
     * codes are n vectors of 64 signed bytes; to gets 16 x 16 i32, row after row. Only for targets that have tiles.
     */
    TILE_DOT_I8(Stage.KERNEL);

    /** When an operation may occur. */
    public enum Stage {
        TENSOR,
        KERNEL
    }

    private final Stage stage;

    Op(Stage stage) {
        this.stage = stage;
    }

    public Stage stage() {
        return stage;
    }

    public boolean isElementwise() {
        return switch (this) {
            case ADD, MUL, SCALE, SILU, GELU_TANH, GELU_ERF, SOFTCAP -> true;
            default -> false;
        };
    }
}
