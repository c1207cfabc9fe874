package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;

/**
 * Packs 16 rows at a time into a panel ({@link PanelLayout}). One packer serves one thread; its buffers are reused from
 * panel to panel.
 */
final class PanelPacker {
    private final PanelLayout layout;
    private final PackedType type;
    private final MatrixSource source;
    private final BlockFormat format;
    private final byte[] panel;
    private final byte[] quants;
    private final float[] scales;
    private final float[] offsets;
    private final byte[] codes = new byte[256];

    PanelPacker(DType dtype, PanelLayout layout, MatrixSource source) {
        this.layout = layout;
        this.type = layout.type();
        this.source = source;
        this.format = BlockFormat.of(dtype);
        this.panel = new byte[Math.toIntExact(layout.panelBytes())];
        int groups = type.isFloat() ? 0 : layout.columns() / type.group();
        this.quants = new byte[type.isFloat() ? 0 : layout.columns()];
        this.scales = new float[groups];
        this.offsets = new float[groups];
        fillCodes();
    }

    /** From a quant, as an unsigned byte, to the code that is stored. */
    private void fillCodes() {
        for (int quant = -128; quant < 128; quant++) {
            int code = quant + type.bias();
            codes[quant & 0xff] =
                    (byte) (type.table().isEmpty() ? code : type.table().indexOf((byte) code));
        }
    }

    /** Packs rows 16 {@code number} onward to {@code target}, which is as long as a panel. */
    void pack(int number, MemorySegment target) {
        Arrays.fill(panel, (byte) 0);
        int first = number * PanelLayout.PANEL_ROWS;
        int count = Math.min(PanelLayout.PANEL_ROWS, layout.rows() - first);
        for (int lane = 0; lane < count; lane++) {
            if (type.isFloat()) {
                packFloats(first + lane, lane);
            } else {
                packCodes(first + lane, lane);
            }
        }
        MemorySegment.copy(MemorySegment.ofArray(panel), 0, target, 0, panel.length);
    }

    private void packFloats(int row, int lane) {
        int size = type.plain().bytes() / PanelLayout.PANEL_ROWS;
        for (int column = 0; column < layout.columns(); column++) {
            source.copyElement(row, column, panel, (column * PanelLayout.PANEL_ROWS + lane) * size, size);
        }
    }

    private void packCodes(int row, int lane) {
        MatrixSource.Location at = source.row(row);
        format.unpack(at.segment(), at.offset(), layout.columns(), quants, 0, scales, 0, offsets, 0);
        for (int block = 0; block < layout.blocks(); block++) {
            packBlock(block, lane);
        }
        int perBlock = layout.groupsPerBlock();
        for (int group = 0; group < scales.length; group++) {
            long start = layout.scaleStart() + (long) (group / perBlock) * layout.scaleBlockBytes();
            putScale(
                    type.scales(),
                    (int) start + group % perBlock * type.scales().bytes(),
                    lane,
                    scales[group]);
            if (type.offsets() != PackedType.ScaleKind.NONE) {
                long offset = layout.offsetStart() + (long) (group / perBlock) * layout.offsetBlockBytes();
                putScale(
                        type.offsets(),
                        (int) offset + group % perBlock * type.offsets().bytes(),
                        lane,
                        offsets[group]);
            }
        }
    }

    private void packBlock(int block, int lane) {
        int base = type.baseBits();
        int high = type.highBits();
        int mask = (1 << base) - 1;
        int baseAt = block * layout.baseBlockBytes() + lane * 4;
        int highAt = (int) layout.highStart() + block * layout.highBlockBytes() + lane * 4;
        for (int vector = 0; vector < 8; vector++) {
            int baseTo = baseAt + vector % base * 64;
            int shift = vector / base * base;
            for (int i = 0; i < 4; i++) {
                int code = codes[quants[block * 32 + vector * 4 + i] & 0xff] & 0xff;
                panel[baseTo + i] |= (byte) ((code & mask) << shift);
                if (high > 0) {
                    panel[highAt + vector % high * 64 + i] |= (byte) (code >>> base << vector / high * high);
                }
            }
        }
    }

    private void putScale(PackedType.ScaleKind kind, int at, int lane, float value) {
        switch (kind) {
            case F16 -> put(at + 2 * lane, Float.floatToFloat16(value), 2);
            case BF16 -> put(at + 2 * lane, Float.floatToRawIntBits(value) >>> 16, 2);
            case F32 -> put(at + 4 * lane, Float.floatToRawIntBits(value), 4);
            case NONE -> throw new IllegalStateException("no scale is stored");
        }
    }

    private void put(int at, int bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            panel[at + i] = (byte) (bits >>> 8 * i);
        }
    }

    /** The stacked tensors of a matrix, row by row. */
    record MatrixSource(List<MemorySegment> parts, DType dtype, int columns, boolean transposed) {
        record Location(MemorySegment segment, long offset) {}

        Location row(long row) {
            long bytes = dtype.bytes(columns);
            long rest = row * bytes;
            for (MemorySegment part : parts) {
                if (rest < part.byteSize()) {
                    return new Location(part, rest);
                }
                rest -= part.byteSize();
            }
            throw new IndexOutOfBoundsException("row " + row);
        }

        /** {@code size} bytes of one plain element. */
        void copyElement(long row, int column, byte[] target, int at, int size) {
            if (transposed) {
                MemorySegment part = parts.get(0);
                long rows = part.byteSize() / size / columns;
                MemorySegment.copy(part, ValueLayout.JAVA_BYTE, (column * rows + row) * size, target, at, size);
            } else {
                Location location = row(row);
                long offset = location.offset() + (long) column * size;
                MemorySegment.copy(location.segment(), ValueLayout.JAVA_BYTE, offset, target, at, size);
            }
        }
    }
}
