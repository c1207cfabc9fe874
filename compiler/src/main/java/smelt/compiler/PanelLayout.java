package smelt.compiler;

import smelt.base.DType;

/**
 * Bytes of a packed matrix. 16 output rows make a panel, which lies in one piece and is read from front to back, as
 * processors fetch memory fastest. Of plain floats a panel is [column][16 rows]. Of codes it is blocks of 32 columns:
 * codes, their high bits, scales, offsets; where scales are bytes, the f16 units of scales and of offsets stand before
 * each 8 blocks. A block's codes are 8 vectors of 64 bytes, vector g holding columns 4g to 4g + 3 of each row, row by
 * row. Of b bits each they are stored as b vectors of 64 bytes: stored vector i holds vectors i, i + b, i + 2b, ...
 * from the low bits up.
 *
 * @param rows and columns of the matrix; the last panel is filled with rows of zero
 */
public record PanelLayout(PackedType type, int rows, int columns) {
    public static final int PANEL_ROWS = 16;
    public static final int BLOCK_COLUMNS = 32;

    /** Blocks that share a unit. */
    private static final int UNIT_BLOCKS = 8;

    private static final int UNIT_BYTES = 32;
    private static final int VECTOR_BYTES = 64;
    private static final int VECTORS_PER_BLOCK = 8;

    public static PanelLayout of(DType dtype, int rows, int columns) {
        return new PanelLayout(PackedType.of(dtype), rows, columns);
    }

    public int panels() {
        return (rows + PANEL_ROWS - 1) / PANEL_ROWS;
    }

    public int blocks() {
        return columns / BLOCK_COLUMNS;
    }

    public int groupsPerBlock() {
        return BLOCK_COLUMNS / type.group();
    }

    public int baseBlockBytes() {
        return VECTORS_PER_BLOCK * VECTOR_BYTES * type.baseBits() / 8;
    }

    public int highBlockBytes() {
        return VECTORS_PER_BLOCK * VECTOR_BYTES * type.highBits() / 8;
    }

    /** Blocks that share a unit, if any; 1 where scales need none. */
    public int spanBlocks() {
        return type.scales() == PackedType.ScaleKind.S8 ? UNIT_BLOCKS : 1;
    }

    /** Of the units and of the blocks that share them. */
    public int spanBytes() {
        return unitBytes() + spanBlocks() * blockBytes();
    }

    public int blockBytes() {
        return codeBytes()
                + groupsPerBlock() * (type.scales().bytes() + type.offsets().bytes());
    }

    /** Of a block's codes and, after them, their high bits. */
    private int codeBytes() {
        return baseBlockBytes() + highBlockBytes();
    }

    /** Of the units before a span's first block. */
    public int unitBytes() {
        return unitBytes(type.scales()) + unitBytes(type.offsets());
    }

    private static int unitBytes(PackedType.ScaleKind kind) {
        return kind == PackedType.ScaleKind.S8 ? UNIT_BYTES : 0;
    }

    /** Byte of a panel at which a block begins. */
    public int blockAt(int block) {
        return block / spanBlocks() * spanBytes() + unitBytes() + block % spanBlocks() * blockBytes();
    }

    /**
     * Where scales, or offsets, of 16 rows lie.
     *
     * @param start in a block, of its first group; the other groups follow each {@code kind.bytes()} later
     * @param unitStart in a span, of their f16 unit, if any
     */
    public record ScalePlane(PackedType.ScaleKind kind, int start, int unitStart) {}

    public ScalePlane scales() {
        return new ScalePlane(type.scales(), codeBytes(), 0);
    }

    public ScalePlane offsets() {
        int start = codeBytes() + groupsPerBlock() * type.scales().bytes();
        return new ScalePlane(type.offsets(), start, unitBytes(type.scales()));
    }

    /** Byte of a panel at which the scales, or offsets, of a group begin. */
    public int groupAt(ScalePlane plane, int group) {
        int inBlock = group % groupsPerBlock();
        return blockAt(group / groupsPerBlock())
                + plane.start()
                + inBlock * plane.kind().bytes();
    }

    public long panelBytes() {
        if (type.isFloat()) {
            return align((long) columns * type.plain().bytes());
        }
        return align((long) blocks() / spanBlocks() * spanBytes());
    }

    public long bytes() {
        return panels() * panelBytes();
    }

    private static long align(long bytes) {
        return (bytes + VECTOR_BYTES - 1) / VECTOR_BYTES * VECTOR_BYTES;
    }
}
