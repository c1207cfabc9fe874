package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import smelt.blocks.BlockFormat;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;

/**
 * Packs 16 rows at a time into a panel ({@link PanelLayout}). One packer serves one thread; its buffers are reused from
 * panel to panel. It packs everything, and defines what {@link NativePacker} must make. Rows are read and panels
 * written through the heap, by a few small loops: in a fresh process they soon run compiled, and where the file cannot
 * be read the call fails rather than the process.
 */
final class PanelPacker implements MatrixPacker {
    private static final int ROWS = PanelLayout.PANEL_ROWS;
    private static final int VECTOR_BYTES = 64;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Moves read up to 4 bytes before a block and 8 past its last byte's place. */
    private static final int MARGIN = 8;

    private final PanelLayout layout;
    private final PackedType type;
    private final BlockMoves moves;
    private final List<BlockMoves.Step> steps;
    private final BlockFormat format;
    private final MatrixSource source;
    private final byte[] panel;
    private final byte[] rows;
    private final int rowBytes;
    private final int stride;

    /** {@code steps} are those of {@code moves} for {@code layout}. */
    PanelPacker(PanelLayout layout, BlockMoves moves, List<BlockMoves.Step> steps, MatrixSource source) {
        this.layout = layout;
        this.type = layout.type();
        this.moves = moves;
        this.steps = steps;
        this.format = moves.format();
        this.source = source;
        this.panel = new byte[Math.toIntExact(layout.panelBytes())];
        this.rowBytes = Math.toIntExact(format.type().bytes(layout.columns()));
        // An odd number of cache lines, so that no two of the 16 rows compete for the same place in the cache.
        this.stride = (rowBytes + MARGIN + 127) / 128 * 128 + 64;
        this.rows = new byte[2 * MARGIN + ROWS * stride];
    }

    @Override
    public void pack(long first, int count, MemorySegment target) {
        if (count < ROWS) {
            Arrays.fill(panel, (byte) 0);
        }
        if (source.transposed()) {
            packColumns(first, count);
        } else {
            for (int row = 0; row < count; row++) {
                source.copyRow(first + row, rows, MARGIN + row * stride, rowBytes);
            }
            move(count);
            for (int row = 0; row < count; row++) {
                compute(row);
            }
        }
        MemorySegment.copy(panel, 0, target, ValueLayout.JAVA_BYTE, 0, panel.length);
    }

    private void packColumns(long first, int count) {
        int size = moves.elementBytes();
        for (int column = 0; column < layout.columns(); column++) {
            source.copyOfColumn(first, count * size, column, size, panel, column * ROWS * size);
        }
    }

    private void move(int count) {
        int bytes = moves.bytes();
        int blocks = rowBytes / bytes;
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < steps.size(); i++) {
                move(steps.get(i), block, MARGIN + block * bytes, count);
            }
        }
    }

    private void move(BlockMoves.Step step, int block, int at, int count) {
        BitMoves.Move move = step.move();
        int from = at + move.from();
        int to = step.to() + block * step.step();
        switch (step.size()) {
            case 4 -> {
                if (move.first()) {
                    setWords(rows, from, stride, move.shift(), move.mask(), move.flip(), panel, to, count);
                } else {
                    joinWords(rows, from, stride, move.shift(), move.mask(), panel, to, count);
                }
            }
            case 2 -> setShorts(rows, from, stride, move.flip(), panel, to, count);
            default -> moveBytes(move, from, to, count);
        }
    }

    private static void setWords(
            byte[] rows, int from, int stride, int shift, int mask, int flip, byte[] panel, int to, int count) {
        for (int row = 0; row < count; row++) {
            int bits = (int) ((long) LONG.get(rows, from + row * stride) >>> shift) & mask;
            INT.set(panel, to + 4 * row, bits ^ flip);
        }
    }

    private static void joinWords(
            byte[] rows, int from, int stride, int shift, int mask, byte[] panel, int to, int count) {
        for (int row = 0; row < count; row++) {
            int bits = (int) ((long) LONG.get(rows, from + row * stride) >>> shift) & mask;
            INT.set(panel, to + 4 * row, (int) INT.get(panel, to + 4 * row) ^ bits);
        }
    }

    /** Elements of two bytes are whole fields. */
    private static void setShorts(byte[] rows, int from, int stride, int flip, byte[] panel, int to, int count) {
        for (int row = 0; row < count; row++) {
            SHORT.set(panel, to + 2 * row, (short) ((short) SHORT.get(rows, from + row * stride) ^ flip));
        }
    }

    private void moveBytes(BitMoves.Move move, int from, int to, int count) {
        for (int row = 0; row < count; row++) {
            int bits = (int) ((long) LONG.get(rows, from + row * stride) >>> move.shift()) & move.mask();
            panel[to + row] = (byte) (bits ^ (move.first() ? move.flip() : panel[to + row]));
        }
    }

    private void compute(int row) {
        int blocks = rowBytes / moves.bytes();
        int at = MARGIN + row * stride;
        for (int block = 0; block < blocks && !moves.codesMove(); block++) {
            computeCodes(at + block * moves.bytes(), block, row);
        }
        for (int block = 0; block < blocks && !moves.scalesMove(); block++) {
            computeScales(at + block * moves.bytes(), block, row);
        }
    }

    private void computeCodes(int at, int block, int row) {
        byte[] codes = new byte[format.type().blockElements()];
        format.unpackCodes(rows, at, codes, 0);
        int bits = type.baseBits();
        for (int from = 0; from < codes.length; from += PanelLayout.BLOCK_COLUMNS) {
            int to = layout.blockAt((block * codes.length + from) / PanelLayout.BLOCK_COLUMNS) + 4 * row;
            BlockMoves.packPlane(codes, from, 0, bits, panel, to, VECTOR_BYTES);
        }
    }

    private void computeScales(int at, int block, int row) {
        float[] scales = new float[format.type().blockElements() / format.groupSize()];
        format.unpackScales(rows, at, scales, scales, 0);
        PanelLayout.ScalePlane plane = layout.scales();
        boolean half = plane.kind() == PackedType.ScaleKind.F16;
        for (int i = 0; i < scales.length; i++) {
            int top = Float.floatToRawIntBits(scales[i]) >>> 16;
            short bits = half ? Float.floatToFloat16(scales[i]) : (short) top;
            SHORT.set(panel, layout.groupAt(plane, block * scales.length + i) + 2 * row, bits);
        }
    }

    /** The stacked tensors of a matrix, row by row; of transposed ones there is one, of plain floats. */
    record MatrixSource(List<MemorySegment> parts, int columns, boolean transposed) {
        void copyRow(long row, byte[] target, int at, int bytes) {
            long rest = row * bytes;
            for (MemorySegment part : parts) {
                if (rest < part.byteSize()) {
                    MemorySegment.copy(part, ValueLayout.JAVA_BYTE, rest, target, at, bytes);
                    return;
                }
                rest -= part.byteSize();
            }
            throw new IndexOutOfBoundsException("row " + row);
        }

        /** {@code count} rows of {@code bytes} each, one after another. */
        void copyRows(long row, int count, int bytes, MemorySegment target, long at) {
            long rest = row * bytes;
            long to = at;
            long end = at + (long) count * bytes;
            for (MemorySegment part : parts) {
                if (rest < part.byteSize() && to < end) {
                    long copied = Math.min(end - to, part.byteSize() - rest);
                    MemorySegment.copy(part, rest, target, to, copied);
                    to += copied;
                    rest += copied;
                }
                rest -= part.byteSize();
            }
            if (to < end) {
                throw new IndexOutOfBoundsException("row " + row);
            }
        }

        /** {@code bytes} of one column, from {@code row} on. */
        void copyOfColumn(long row, int bytes, int column, int elementBytes, byte[] target, int at) {
            MemorySegment part = parts.get(0);
            long rows = part.byteSize() / elementBytes / columns;
            MemorySegment.copy(part, ValueLayout.JAVA_BYTE, (column * rows + row) * elementBytes, target, at, bytes);
        }
    }
}
