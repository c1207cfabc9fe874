package smelt.compiler;

import smelt.base.DType;

/**
 * Bytes of a packed matrix. 16 output rows make a panel, which lies in one piece. Of plain floats a panel is
 * [column][16 rows]. Of codes it is four planes, each [block of 32 columns]: codes, their high bits, scales, offsets. A
 * block's codes are 8 vectors of 64 bytes, vector g holding columns 4g to 4g + 3 of each row, row by row. A plane of b
 * bits stores b vectors of 64 bytes: stored vector i holds vectors i, i + b, i + 2b, ... from the low bits up.
 *
 * @param rows and columns of the matrix; the last panel is filled with rows of zero
 */
public record PanelLayout(PackedType type, int rows, int columns) {
    public static final int PANEL_ROWS = 16;
    public static final int BLOCK_COLUMNS = 32;
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

    public int scaleBlockBytes() {
        return groupsPerBlock() * type.scales().bytes();
    }

    public int offsetBlockBytes() {
        return groupsPerBlock() * type.offsets().bytes();
    }

    public long highStart() {
        return (long) blocks() * baseBlockBytes();
    }

    public long scaleStart() {
        return highStart() + (long) blocks() * highBlockBytes();
    }

    public long offsetStart() {
        return align(scaleStart() + (long) blocks() * scaleBlockBytes());
    }

    public long panelBytes() {
        if (type.isFloat()) {
            return align((long) columns * type.plain().bytes());
        }
        return align(offsetStart() + (long) blocks() * offsetBlockBytes());
    }

    public long bytes() {
        return panels() * panelBytes();
    }

    private static long align(long bytes) {
        return (bytes + VECTOR_BYTES - 1) / VECTOR_BYTES * VECTOR_BYTES;
    }
}
