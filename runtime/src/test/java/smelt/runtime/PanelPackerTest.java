package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;
import smelt.formats.Tensor;

/** Guards packing: a panel, read as its layout is described, holds the file's codes and scales to the bit. */
class PanelPackerTest {
    /** Two whole panels and one of 5 rows. */
    private static final int ROWS = 37;

    private static final int COLUMNS = 768;

    static Stream<DType> types() {
        return ProductsModel.types().filter(DType::isQuantised);
    }

    @ParameterizedTest
    @MethodSource("types")
    void panelsHoldTheFilesCodesAndScales(DType dtype) {
        Tensor tensor = tensor(dtype);
        PanelLayout layout = PanelLayout.of(dtype, ROWS, COLUMNS);
        BlockFormat format = BlockFormat.of(dtype);
        byte[] quants = new byte[COLUMNS];
        float[] scales = new float[COLUMNS / format.groupSize()];
        float[] offsets = new float[scales.length];
        for (int panel = 0; panel < layout.panels(); panel++) {
            Panel packed = new Panel(layout, pack(tensor, layout, panel));
            for (int lane = 0; lane < 16 && 16 * panel + lane < ROWS; lane++) {
                long at = (16L * panel + lane) * dtype.bytes(COLUMNS);
                format.unpack(tensor.data(), at, COLUMNS, quants, 0, scales, 0, offsets, 0);
                for (int column = 0; column < COLUMNS; column++) {
                    assertThat(packed.quant(lane, column))
                            .as("%s, panel %d, row %d, column %d", dtype, panel, lane, column)
                            .isEqualTo(quants[column]);
                }
                for (int group = 0; group < scales.length; group++) {
                    assertThat(packed.scale(layout.scales(), lane, group)).isEqualTo(scales[group]);
                    if (format.hasMin()) {
                        assertThat(packed.scale(layout.offsets(), lane, group)).isEqualTo(offsets[group]);
                    }
                }
            }
        }
    }

    private static Tensor tensor(DType dtype) {
        FakeModelFile file = new FakeModelFile(20261122L + dtype.ordinal()).matrix("m", dtype, ROWS, COLUMNS);
        return Objects.requireNonNull(file.tensors().get("m"));
    }

    private static byte[] pack(Tensor tensor, PanelLayout layout, int panel) {
        BlockMoves moves = new BlockMoves(tensor.type());
        var source = new PanelPacker.MatrixSource(List.of(tensor.data()), COLUMNS, false);
        byte[] target = new byte[(int) layout.panelBytes()];
        new PanelPacker(layout, moves, moves.steps(layout), source)
                .pack(16L * panel, Math.min(16, ROWS - 16 * panel), MemorySegment.ofArray(target));
        return target;
    }

    @ParameterizedTest
    @MethodSource("types")
    void packedWeightsTakeHardlyMoreThanTheFile(DType dtype) {
        double packed = 8.0 * PanelLayout.of(dtype, 16, 4096).panelBytes() / (16 * 4096);
        double stored = 8.0 * dtype.bytes(4096) / 4096;
        // Types that the file packs more tightly than by whole bits of a code, or whose 2-bit codes have small scales.
        boolean loose = List.of(DType.IQ3_S, DType.TQ1_0, DType.Q2_K).contains(dtype);
        assertThat(packed / stored)
                .as("%s: %.2f bits for %.2f", dtype, packed, stored)
                .isLessThan(loose ? 1.4 : 1.13);
    }

    /** One panel, read code by code. */
    private record Panel(PanelLayout layout, byte[] bytes) {
        int quant(int lane, int column) {
            PackedType type = layout.type();
            int code = code(lane, column, type.baseBits(), 0);
            if (type.highBits() > 0) {
                code |= code(lane, column, type.highBits(), layout.baseBlockBytes()) << type.baseBits();
            }
            return (type.table().isEmpty() ? code : type.table().get(code) & 0xff) - type.bias();
        }

        private int code(int lane, int column, int bits, int start) {
            int vector = column % 32 / 4;
            int at = layout.blockAt(column / 32) + start + vector % bits * 64 + lane * 4 + column % 4;
            return bytes[at] >> (vector / bits * bits) & ((1 << bits) - 1);
        }

        float scale(PanelLayout.ScalePlane plane, int lane, int group) {
            int at = layout.groupAt(plane, group);
            int unit = group * layout.type().group() / 256 * layout.spanBytes() + plane.unitStart();
            return switch (plane.kind()) {
                case F16 -> half(at + 2 * lane);
                case BF16 -> Float.intBitsToFloat(bits(at + 2 * lane) << 16);
                case S8 -> half(unit + 2 * lane) * bytes[at + lane];
                case NONE -> throw new IllegalStateException("no scale is stored");
            };
        }

        private float half(int at) {
            return Float.float16ToFloat(bits(at));
        }

        private short bits(int at) {
            return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
        }
    }
}
