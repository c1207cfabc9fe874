package smelt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;
import smelt.targets.Target;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/**
 * Matrix products of every block type: near the product of the decoded weights, and the same bits on the interpreter
 * and on every tier, for any number of rows, tokens and threads.
 */
class ProductsTest {
    private static final int TOKENS = 33;
    private static final int COLUMNS = 512;
    private static final long SEED = 20261122;

    static Stream<DType> types() {
        return Stream.of(
                DType.F32,
                DType.F16,
                DType.BF16,
                DType.Q4_0,
                DType.Q4_1,
                DType.Q5_0,
                DType.Q5_1,
                DType.Q8_0,
                DType.Q2_K,
                DType.Q3_K,
                DType.Q4_K,
                DType.Q5_K,
                DType.Q6_K,
                DType.IQ4_NL,
                DType.IQ4_XS,
                DType.IQ3_S,
                DType.MXFP4,
                DType.NVFP4,
                DType.TQ1_0,
                DType.TQ2_0);
    }

    private static FakeModelFile file(DType type, int rows) {
        return new FakeModelFile(SEED + type.ordinal())
                .matrix("tokens", DType.F32, TOKENS, COLUMNS)
                .matrix("square", type, COLUMNS, COLUMNS)
                .matrix("output", type, rows, COLUMNS);
    }

    /** A layer of one product, with activations of 8 bits, and a head of another, with 16. */
    private static ModelGraph graph(DType type, int rows) {
        Graph graph = new Graph();
        Node embedding = graph.tokenEmbedding(graph.weight("tokens", DType.F32, TOKENS, COLUMNS));
        Node square = graph.weight("square", type, COLUMNS, COLUMNS);
        Node layer = graph.matmul(graph.scale(graph.input(COLUMNS), 1.0 / 16), square);
        Node head = graph.matmul(graph.input(COLUMNS), graph.weight("output", type, rows, COLUMNS));
        return new ModelGraph(
                new ModelGraph.Info("test", TOKENS, 64, COLUMNS, ModelGraph.Pooling.NONE),
                section(embedding, "tokens"),
                List.of(section(layer, "square")),
                section(head, "output"));
    }

    private static Section section(Node output, String name) {
        return new Section(output, Map.of(name, new Section.Stored(List.of(name), false)));
    }

    private static List<float[]> run(DType type, int rows, Target target, int chunk) {
        LoadOptions options = new LoadOptions(64, 64, target.threads());
        try (Model model = Model.load(file(type, rows), graph(type, rows), options, target)) {
            List<float[]> result = new ArrayList<>();
            for (int from = 0; from < TOKENS; from += chunk) {
                int[] tokens =
                        IntStream.range(from, Math.min(TOKENS, from + chunk)).toArray();
                StepBatch batch = new StepBatch(List.of(new StepBatch.Chunk(tokens, from, new int[] {0, 1}, 0)));
                StepRunner.Logits logits = model.run(batch);
                for (int i = 0; i < logits.count(); i++) {
                    result.add(logits.row(i).toArray(ValueLayout.JAVA_FLOAT));
                }
            }
            return result;
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void isNearTheProductOfTheDecodedWeights(DType type) {
        int rows = 37;
        FakeModelFile file = file(type, rows);
        float[] x = file.decoded("tokens");
        float[] w = file.decoded("output");
        List<float[]> actual = run(type, rows, new ReferenceTarget(1), TOKENS);
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
            List<float[]> expected = run(type, rows, new ReferenceTarget(1), TOKENS);
            for (Tier tier : CpuFeatures.host().available()) {
                for (int threads = 1; threads <= 3; threads++) {
                    int chunk = List.of(TOKENS, 1, 14).get(threads - 1);
                    List<float[]> actual = run(type, rows, CpuTarget.start(tier, threads), chunk);
                    for (int token = 0; token < TOKENS; token++) {
                        assertThat(Arrays.equals(expected.get(token), actual.get(token)))
                                .as("%s, %d rows on %s, %d threads, token %d", type, rows, tier, threads, token)
                                .isTrue();
                    }
                }
            }
        }
    }
}
