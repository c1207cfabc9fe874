package smelt.compiler;

import smelt.base.DType;

/**
 * Bytes of a packed matrix. 16 output rows make a panel, which lies in one piece. Of plain floats a panel is
 * [column][16 rows]. Of codes it is four planes, each [block of 32 columns]: codes, their high bits, scales, offsets;
 * where scales are bytes, a fifth holds the f16 units of each 256 columns' scales and offsets. A block's codes are 8
 * vectors of 64 bytes, vector g holding columns 4g to 4g + 3 of each row, row by row. A plane of b bits stores b
 * vectors of 64 bytes: stored vector i holds vectors i, i + b, i + 2b, ... from the low bits up.
 *
 * @param rows and columns of the matrix; the last panel is filled with rows of zero
 */
public record PanelLayout(PackedType type, int rows, int columns) {
    public static final int PANEL_ROWS = 16;
    public static final int BLOCK_COLUMNS = 32;

    /** Blocks that share a unit. */
    public static final int UNIT_BLOCKS = 8;

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

    public long highStart() {
        return (long) blocks() * baseBlockBytes();
    }

    /**
     * Where scales, or offsets, of 16 rows lie within a panel.
     *
     * @param start of group 0; the other groups follow each {@code kind.bytes()} later
     * @param unitStart of the first unit's f16; the others follow each {@code unitBytes} later
     */
    public record ScalePlane(PackedType.ScaleKind kind, long start, long unitStart, int unitBytes) {}

    public ScalePlane scales() {
        return new ScalePlane(type.scales(), scaleStart(), unitStart(), unitBytes());
    }

    public ScalePlane offsets() {
        return new ScalePlane(type.offsets(), offsetStart(), unitStart() + UNIT_BYTES, unitBytes());
    }

    private long scaleStart() {
        return highStart() + (long) blocks() * highBlockBytes();
    }

    private long offsetStart() {
        return align(scaleStart() + groups() * type.scales().bytes());
    }

    private long unitStart() {
        return align(offsetStart() + groups() * type.offsets().bytes());
    }

    private int unitBytes() {
        boolean none = type.scales() != PackedType.ScaleKind.S8;
        return none ? 0 : type.offsets() == PackedType.ScaleKind.NONE ? UNIT_BYTES : 2 * UNIT_BYTES;
    }

    private long groups() {
        return (long) blocks() * groupsPerBlock();
    }

    public long panelBytes() {
        if (type.isFloat()) {
            return align((long) columns * type.plain().bytes());
        }
        return align(unitStart() + (long) blocks() / UNIT_BLOCKS * unitBytes());
    }

    public long bytes() {
        return panels() * panelBytes();
    }

    private static long align(long bytes) {
        return (bytes + VECTOR_BYTES - 1) / VECTOR_BYTES * VECTOR_BYTES;
    }
}
