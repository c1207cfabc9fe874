package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.blocks.BlockFormat;

/** Guards bench: what is told of each block type, on matrices too small to mean anything. */
class TypesBenchTest {
    private static TypesBench.Plan plan(List<DType> types, int rounds) {
        return new TypesBench.Plan(types, 256, 1 << 20, rounds, 2, Duration.ofSeconds(60), 1);
    }

    @Test
    void tellsEveryTypeInTurns() {
        List<String> progress = new ArrayList<>();
        TypesReport report = TypesBench.run(plan(List.of(DType.Q4_K, DType.F16), 2), progress::add);
        assertThat(report.rounds()).isEqualTo(2);
        assertThat(report.memoryReadGbPerSecond().samples()).hasSize(2);
        assertThat(report.types()).extracting(TypesReport.Row::type).containsExactly("Q4_K", "F16");
        for (TypesReport.Row row : report.types()) {
            assertThat(row.decode().samples()).hasSize(2);
            assertThat(row.ofBandwidth().samples()).hasSize(2);
            assertThat(row.prefill().orElseThrow().samples()).hasSize(1);
            assertThat(row.ofFastest()).isBetween(0.0, 1.0);
            assertThat(row.fileGbPerSecond() / row.decode().median())
                    .isCloseTo(row.bits() / row.packedBits(), within(1e-9));
        }
        assertThat(report.types()).extracting(TypesReport.Row::ofFastest).contains(1.0);
        assertThat(report.types().getFirst().bits()).isEqualTo(4.5);
        assertThat(report.types().getLast().packedBits()).isEqualTo(16);
        assertThat(progress).contains("packing F16", "round 2 of 2");
    }

    @Test
    void endsInTimeWithWhatThereIs() {
        var late = new TypesBench.Plan(List.of(DType.Q8_0), 256, 1 << 20, 1000, 1, Duration.ZERO, 1);
        assertThat(TypesBench.run(late, unused -> {}).rounds()).isEqualTo(1);
    }

    @Test
    void knowsEveryTypeThatCanBeMultiplied() {
        assertThat(TypesBench.types())
                .hasSize(20)
                .allSatisfy(type -> assertThat(BlockFormat.of(type).canEncode()).isTrue());
    }

    @Test
    void refusesWhatNoMatrixHas() {
        assertThatThrownBy(() -> plan(List.of(), 1)).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> plan(List.of(DType.F32), 0)).isInstanceOf(Failure.class);
    }
}
