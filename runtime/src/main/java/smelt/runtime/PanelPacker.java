package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;

/**
 * Packs 16 rows at a time into a panel ({@link PanelLayout}). One packer serves one thread; its buffers are reused from
 * panel to panel. Rows are read and panels written through the heap, four codes of a row at a time: in a fresh process
 * that is the fastest, since few small methods do nearly all the work.
 */
final class PanelPacker {
    private static final int ROWS = PanelLayout.PANEL_ROWS;
    private static final int WORD_BYTES = 4;
    private static final int VECTOR_BYTES = ROWS * WORD_BYTES;
    private static final int WORDS_PER_BLOCK = PanelLayout.BLOCK_COLUMNS / WORD_BYTES;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final PanelLayout layout;
    private final PackedType type;
    private final MatrixSource source;
    private final BlockFormat format;
    private final byte[] panel;
    private final byte[] row;

    PanelPacker(DType dtype, PanelLayout layout, MatrixSource source) {
        this.layout = layout;
        this.type = layout.type();
        this.source = source;
        this.format = BlockFormat.of(dtype);
        this.panel = new byte[Math.toIntExact(layout.panelBytes())];
        this.row = new byte[Math.toIntExact(dtype.bytes(layout.columns()))];
    }

    /** Packs rows 16 {@code number} onward to {@code target}, which is as long as a panel. */
    void pack(int number, MemorySegment target) {
        int first = number * ROWS;
        int count = Math.min(ROWS, layout.rows() - first);
        if (count < ROWS) {
            Arrays.fill(panel, (byte) 0);
        }
        if (source.transposed()) {
            packColumns(first, count);
        } else {
            for (int lane = 0; lane < count; lane++) {
                source.copyRow(first + lane, row);
                if (type.isFloat()) {
                    packFloats(lane);
                } else {
                    packCodes(lane);
                    packScales(lane);
                }
            }
        }
        MemorySegment.copy(panel, 0, target, ValueLayout.JAVA_BYTE, 0, panel.length);
    }

    private int elementBytes() {
        return type.plain().bytes() / ROWS;
    }

    private void packColumns(int first, int count) {
        int size = elementBytes();
        for (int column = 0; column < layout.columns(); column++) {
            source.copyOfColumn(first, count * size, column, size, panel, column * ROWS * size);
        }
    }

    private void packFloats(int lane) {
        if (elementBytes() == 2) {
            for (int column = 0; column < layout.columns(); column++) {
                SHORT.set(panel, (column * ROWS + lane) * 2, (short) SHORT.get(row, column * 2));
            }
        } else {
            for (int column = 0; column < layout.columns(); column++) {
                INT.set(panel, (column * ROWS + lane) * 4, (int) INT.get(row, column * 4));
            }
        }
    }

    private void packCodes(int lane) {
        int elements = format.type().blockElements();
        int bytes = format.type().blockBytes();
        byte[] codes = new byte[elements];
        int block = 0;
        for (int at = 0; at < row.length; at += bytes) {
            format.unpackCodes(row, at, codes, 0);
            for (int from = 0; from < elements; from += PanelLayout.BLOCK_COLUMNS) {
                packBlock(codes, from, block++, lane);
            }
        }
    }

    private void packBlock(byte[] codes, int from, int block, int lane) {
        int base = type.baseBits();
        int high = type.highBits();
        packPlane(codes, from, 0, base, panel, block * layout.baseBlockBytes() + lane * WORD_BYTES);
        if (high > 0) {
            int at = (int) layout.highStart() + block * layout.highBlockBytes() + lane * WORD_BYTES;
            packPlane(codes, from, base, high, panel, at);
        }
    }

    /** {@code bits} bits, from bit {@code shift} on, of each of 32 codes. */
    private static void packPlane(byte[] codes, int from, int shift, int bits, byte[] panel, int to) {
        int mask = 0x01010101 * ((1 << bits) - 1);
        for (int vector = 0; vector < bits; vector++) {
            int packed = 0;
            for (int word = vector; word < WORDS_PER_BLOCK; word += bits) {
                int part = (int) INT.get(codes, from + WORD_BYTES * word) >>> shift & mask;
                packed |= part << (word - vector);
            }
            INT.set(panel, to + VECTOR_BYTES * vector, packed);
        }
    }

    private void packScales(int lane) {
        int groups = format.type().blockElements() / format.groupSize();
        float[] scales = new float[Math.max(groups, 2)];
        float[] offsets = new float[groups];
        byte[] scaleFactors = new byte[groups];
        byte[] offsetFactors = new byte[groups];
        boolean hasOffsets = type.offsets() != PackedType.ScaleKind.NONE;
        int bytes = format.type().blockBytes();
        int blocks = row.length / bytes;
        for (int block = 0; block < blocks; block++) {
            if (type.scales() == PackedType.ScaleKind.S8) {
                format.unpackFactors(row, block * bytes, scales, scaleFactors, offsetFactors, 0);
                putFactors(layout.scales(), block, lane, scales[0], scaleFactors);
                if (hasOffsets) {
                    putFactors(layout.offsets(), block, lane, scales[1], offsetFactors);
                }
            } else {
                format.unpackScales(row, block * bytes, scales, offsets, 0);
                putScales(layout.scales(), block * groups, lane, scales, groups);
                if (hasOffsets) {
                    putScales(layout.offsets(), block * groups, lane, offsets, groups);
                }
            }
        }
    }

    private void putFactors(PanelLayout.ScalePlane plane, int block, int lane, float unit, byte[] factors) {
        int at = (int) plane.start() + block * factors.length * ROWS + lane;
        for (int group = 0; group < factors.length; group++) {
            panel[at + ROWS * group] = factors[group];
        }
        SHORT.set(panel, (int) plane.unitStart() + block * plane.unitBytes() + 2 * lane, Float.floatToFloat16(unit));
    }

    private void putScales(PanelLayout.ScalePlane plane, int first, int lane, float[] scales, int count) {
        boolean half = plane.kind() == PackedType.ScaleKind.F16;
        for (int i = 0; i < count; i++) {
            int top = Float.floatToRawIntBits(scales[i]) >>> 16;
            short bits = half ? Float.floatToFloat16(scales[i]) : (short) top;
            SHORT.set(panel, (int) plane.start() + (first + i) * plane.kind().bytes() + 2 * lane, bits);
        }
    }

    /** The stacked tensors of a matrix, row by row; of transposed ones there is one, of plain floats. */
    record MatrixSource(List<MemorySegment> parts, DType dtype, int columns, boolean transposed) {
        void copyRow(long row, byte[] target) {
            long rest = row * target.length;
            for (MemorySegment part : parts) {
                if (rest < part.byteSize()) {
                    MemorySegment.copy(part, ValueLayout.JAVA_BYTE, rest, target, 0, target.length);
                    return;
                }
                rest -= part.byteSize();
            }
            throw new IndexOutOfBoundsException("row " + row);
        }

        /** {@code bytes} of one column, from {@code row} on. */
        void copyOfColumn(long row, int bytes, int column, int elementBytes, byte[] target, int at) {
            MemorySegment part = parts.get(0);
            long rows = part.byteSize() / elementBytes / columns;
            MemorySegment.copy(part, ValueLayout.JAVA_BYTE, (column * rows + row) * elementBytes, target, at, bytes);
        }
    }
}
