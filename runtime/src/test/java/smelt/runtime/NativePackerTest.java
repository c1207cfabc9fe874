package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.base.NativeMemory;
import smelt.compiler.PanelLayout;
import smelt.formats.Tensor;
import smelt.targets.BitMover;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;

/** Guards packing by native code: the bytes are those that Java packs, for every type, in every instruction set. */
class NativePackerTest {
    /** Three whole panels, the second of which lies in two tensors, and one of 4 rows. */
    private static final List<Integer> PARTS = List.of(21, 31);

    private static final int ROWS = 52;
    private static final int COLUMNS = 768;

    static Stream<DType> types() {
        return ProductsModel.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void packsTheSameBytesAsJava(DType dtype) {
        PanelPacker.MatrixSource source = source(dtype, COLUMNS);
        byte[] java = pack(dtype, COLUMNS, source, Optional.empty());
        for (Tier tier : CpuFeatures.host().available()) {
            assertThat(pack(dtype, COLUMNS, source, Optional.of(tier)))
                    .as("%s on %s", dtype, tier)
                    .isEqualTo(java);
        }
    }

    /** Of plain floats there need not be a whole number of sixteens. */
    @ParameterizedTest
    @MethodSource("types")
    void packsRowsOfAnyLength(DType dtype) {
        int columns = dtype.isQuantised() ? 256 : 37;
        PanelPacker.MatrixSource source = source(dtype, columns);
        assertThat(pack(dtype, columns, source, Optional.of(CpuFeatures.host().choose())))
                .isEqualTo(pack(dtype, columns, source, Optional.empty()));
    }

    private static PanelPacker.MatrixSource source(DType dtype, int columns) {
        FakeModelFile file = new FakeModelFile(20261123L + dtype.ordinal());
        List<MemorySegment> parts = new ArrayList<>();
        for (int rows : PARTS) {
            Tensor tensor = Objects.requireNonNull(
                    file.matrix("m" + rows, dtype, rows, columns).tensors().get("m" + rows));
            parts.add(tensor.data());
        }
        return new PanelPacker.MatrixSource(parts, columns, false);
    }

    /** @param tier whose native code packs; empty: Java does */
    private static byte[] pack(DType dtype, int columns, PanelPacker.MatrixSource source, Optional<Tier> tier) {
        PanelLayout layout = PanelLayout.of(dtype, ROWS, columns);
        try (Packers packers = new Packers(tier.flatMap(NativePackerTest::mover));
                NativeMemory target = NativeMemory.allocate(layout.bytes(), "panels")) {
            packers.expect(dtype, layout);
            try (NativeMemory rows = packers.rows()) {
                rows.segment().fill((byte) 0xa5);
                MatrixPacker packer = packers.packer(dtype, layout, source, rows.segment());
                for (int panel = 0; panel < layout.panels(); panel++) {
                    int count = Math.min(PanelLayout.PANEL_ROWS, ROWS - PanelLayout.PANEL_ROWS * panel);
                    MemorySegment to = target.segment().asSlice(panel * layout.panelBytes(), layout.panelBytes());
                    packer.pack((long) PanelLayout.PANEL_ROWS * panel, count, to);
                }
            }
            return target.segment().asSlice(0, layout.bytes()).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static Optional<BitMover> mover(Tier tier) {
        try (CpuTarget target = CpuTarget.start(tier, 1)) {
            return target.mover();
        }
    }
}
