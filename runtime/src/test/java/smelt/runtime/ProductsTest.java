package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/**
 * Matrix products of every block type: near the product of the decoded weights, and the same bits on the interpreter
 * and on every tier, for any number of rows, tokens and threads.
 */
class ProductsTest {
    private static final int TOKENS = ProductsModel.TOKENS;
    private static final int COLUMNS = ProductsModel.COLUMNS;

    static Stream<DType> types() {
        return ProductsModel.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void isNearTheProductOfTheDecodedWeights(DType type) {
        int rows = 37;
        FakeModelFile file = ProductsModel.file(type, rows);
        float[] x = file.decoded("tokens");
        float[] w = file.decoded("output");
        List<float[]> actual = ProductsModel.run(type, rows, new ReferenceTarget(1), TOKENS);
        float[] square = file.decoded("square");
        double error = 0;
        double size = 0;
        for (int token = 0; token < TOKENS; token++) {
            double[] row = new double[COLUMNS];
            for (int i = 0; i < COLUMNS; i++) {
                row[i] = x[token * COLUMNS + i] / 16.0;
            }
            double[] expected = product(w, rows, product(square, COLUMNS, row));
            for (int i = 0; i < rows; i++) {
                error = Math.max(error, Math.abs(actual.get(token)[i] - expected[i]));
                size = Math.max(size, Math.abs(expected[i]));
            }
        }
        // int8 activations cost 0.4% of each input at most; float weights only rounding.
        assertThat(error / size).isLessThan(type.isQuantised() ? 0.02 : 1e-5);
    }

    private static double[] product(float[] weights, int rows, double[] x) {
        double[] result = new double[rows];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < x.length; i++) {
                result[row] += weights[row * x.length + i] * x[i];
            }
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("types")
    void hasTheInterpretersBitsOnEveryTier(DType type) {
        for (int rows : List.of(1, 37)) {
            List<float[]> expected = ProductsModel.run(type, rows, new ReferenceTarget(1), TOKENS);
            for (Tier tier : CpuFeatures.host().available()) {
                for (int threads = 1; threads <= 3; threads++) {
                    int chunk = List.of(TOKENS, 1, 14).get(threads - 1);
                    List<float[]> actual = ProductsModel.run(type, rows, CpuTarget.start(tier, threads), chunk);
                    for (int token = 0; token < TOKENS; token++) {
                        assertThat(Arrays.equals(expected.get(token), actual.get(token)))
                                .as("%s, %d rows on %s, %d threads, token %d", type, rows, tier, threads, token)
                                .isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void expertsHaveTheInterpretersBitsOnEveryTier(DType type) {
        List<float[]> expected = MixtureModel.run(type, new ReferenceTarget(1), TOKENS);
        for (Tier tier : CpuFeatures.host().available()) {
            List<float[]> actual = MixtureModel.run(type, CpuTarget.start(tier, 2), 14);
            for (int token = 0; token < TOKENS; token++) {
                assertThat(actual.get(token))
                        .as("%s on %s, token %d", type, tier, token)
                        .containsExactly(expected.get(token));
            }
        }
    }

    @Test
    void quantisedExpertsAreNearThoseInF32() {
        List<float[]> expected = MixtureModel.run(DType.F32, new ReferenceTarget(1), TOKENS);
        List<float[]> actual = MixtureModel.run(DType.Q8_0, new ReferenceTarget(1), TOKENS);
        double error = 0;
        double size = 0;
        for (int token = 0; token < TOKENS; token++) {
            for (int i = 0; i < expected.get(token).length; i++) {
                error = Math.max(error, Math.abs(actual.get(token)[i] - expected.get(token)[i]));
                size = Math.max(size, Math.abs(expected.get(token)[i]));
            }
        }
        assertThat(error / size).isLessThan(0.02);
    }
}
