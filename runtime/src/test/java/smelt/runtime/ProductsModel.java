package smelt.runtime;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import smelt.base.DType;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;
import smelt.targets.Target;

/** A model of two matrix products, for each block type. */
public final class ProductsModel {
    static final int TOKENS = 33;
    static final int COLUMNS = 512;
    private static final long SEED = 20261122;
    /** At which rows are summed up. */
    static final List<Double> TEMPERATURES = List.of(1.0, 0.7);

    private ProductsModel() {}

    /** All that weights come in. */
    public static Stream<DType> types() {
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

    static FakeModelFile file(DType type, int rows) {
        return new FakeModelFile(SEED + type.ordinal())
                .matrix("tokens", DType.F32, TOKENS, COLUMNS)
                .matrix("square", type, COLUMNS, COLUMNS)
                .matrix("output", type, rows, COLUMNS);
    }

    /** A layer of one product, with activations of 8 bits, and a head of another, with 16. */
    static ModelGraph graph(DType type, int rows) {
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

    static Section section(Node output, String name) {
        return new Section(output, Map.of(name, new Section.Stored(List.of(name), false)));
    }

    /**
     * The head's rows, and what is told of them, for each of 33 tokens, computed in chunks of {@code chunk}; closes the
     * target.
     */
    public static List<float[]> run(DType type, int rows, Target target, int chunk) {
        return run(file(type, rows), graph(type, rows), target, chunk);
    }

    /** The row, then what the step tells of it. */
    private static float[] row(StepRunner.Logits logits, int index, int width) {
        int chunks = LogitChunks.count(width);
        float[] row = Arrays.copyOf(logits.row(index).toArray(ValueLayout.JAVA_FLOAT), width + 3 * chunks);
        float[] part = new float[chunks];
        logits.maxima(index, part);
        System.arraycopy(part, 0, row, width, chunks);
        for (int i = 0; i < TEMPERATURES.size(); i++) {
            logits.masses(index, TEMPERATURES.get(i), part);
            System.arraycopy(part, 0, row, width + (1 + i) * chunks, chunks);
        }
        return row;
    }

    static List<float[]> run(FakeModelFile file, ModelGraph graph, Target target, int chunk) {
        LoadOptions options = new LoadOptions(64, 64, target.threads());
        try (Model model = Model.load(file, graph, options, target)) {
            List<float[]> result = new ArrayList<>();
            for (int from = 0; from < TOKENS; from += chunk) {
                int[] tokens =
                        IntStream.range(from, Math.min(TOKENS, from + chunk)).toArray();
                StepBatch batch =
                        new StepBatch(List.of(new StepBatch.Chunk(tokens, from, new int[] {0, 1}, 0, TEMPERATURES)));
                StepRunner.Logits logits = model.run(batch);
                for (int i = 0; i < logits.count(); i++) {
                    result.add(row(logits, i, graph.head().output().width()));
                }
            }
            return result;
        }
    }
}
