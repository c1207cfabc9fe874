package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.DType;
import smelt.targets.Target;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;

/** What a step tells of the chunks of its rows has the bits of its definition in Java, on every tier. */
class SummaryTest {
    private static final int TOKENS = ProductsModel.TOKENS;
    private static final List<Double> TEMPERATURES = List.of(1.0, 0.05);
    /** Not announced, so that there is no kernel's result. */
    private static final double OTHER = 3;

    private static Stream<Target> targets() {
        return Stream.concat(
                Stream.of(new ReferenceTarget(2)),
                CpuFeatures.host().available().stream().map(tier -> CpuTarget.start(tier, 3)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 37, 128, 256, 300, 1111})
    void hasTheBitsOfItsDefinition(int vocabulary) {
        FakeModelFile file = ProductsModel.file(DType.F32, vocabulary);
        targets().forEach(target -> {
            String name = target.description();
            LoadOptions options = new LoadOptions(64, 64, target.threads());
            try (Model model = Model.load(file, ProductsModel.graph(DType.F32, vocabulary), options, target)) {
                for (int chunk : new int[] {1, 5, TOKENS}) {
                    check(model.run(batch(chunk, TEMPERATURES)), vocabulary, name);
                }
            }
        });
    }

    private static StepBatch batch(int tokens, List<Double> temperatures) {
        int[] ids = IntStream.range(0, tokens).toArray();
        return new StepBatch(List.of(new StepBatch.Chunk(ids, 0, new int[] {0, 1}, 0, temperatures)));
    }

    private static void check(StepRunner.Logits logits, int vocabulary, String name) {
        float[] actual = new float[LogitChunks.count(vocabulary)];
        float[] expected = new float[actual.length];
        for (int row = 0; row < logits.count(); row++) {
            logits.maxima(row, actual);
            LogitChunks.maxima(logits.row(row), expected);
            assertThat(actual).as("%s, maxima of row %d", name, row).isEqualTo(expected);
            for (double temperature : List.of(1.0, 0.05, OTHER)) {
                logits.masses(row, temperature, actual);
                LogitChunks.masses(logits.row(row), LogitChunks.scale(temperature), expected);
                assertThat(actual)
                        .as("%s, masses of row %d at %s", name, row, temperature)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void whatIsNoNumberShows() {
        FakeModelFile file = ProductsModel.file(DType.F32, 300).put("output", 131 * ProductsModel.COLUMNS, Float.NaN);
        targets().forEach(target -> {
            String name = target.description();
            LoadOptions options = new LoadOptions(64, 64, target.threads());
            try (Model model = Model.load(file, ProductsModel.graph(DType.F32, 300), options, target)) {
                float[] maxima = new float[3];
                model.run(batch(1, List.of())).maxima(0, maxima);
                assertThat(maxima[1]).as(name).isEqualTo(Float.POSITIVE_INFINITY);
                assertThat(maxima[0]).as(name).isLessThan(Float.POSITIVE_INFINITY);
                assertThat(maxima[2]).as(name).isLessThan(Float.POSITIVE_INFINITY);
            }
        });
    }
}
