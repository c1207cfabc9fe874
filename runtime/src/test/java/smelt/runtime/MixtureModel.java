package smelt.runtime;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import smelt.base.DType;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;
import smelt.targets.Target;

/** A model of one mixture of experts, for each block type. */
public final class MixtureModel {
    private static final int TOKENS = ProductsModel.TOKENS;
    private static final int COLUMNS = 256;
    private static final int HIDDEN = 256;
    private static final int EXPERTS = 5;
    private static final int OUTPUT = 16;
    private static final long SEED = 20261123;

    private MixtureModel() {}

    /** The head's rows for each of 33 tokens, computed in chunks of {@code chunk}; closes the target. */
    public static List<float[]> run(DType type, Target target, int chunk) {
        FakeModelFile file = new FakeModelFile(SEED)
                .matrix("tokens", DType.F32, TOKENS, COLUMNS)
                .matrix("router", DType.F32, EXPERTS, COLUMNS)
                .matrix("output", DType.F32, OUTPUT, COLUMNS);
        for (int expert = 0; expert < EXPERTS; expert++) {
            file.matrix("gate" + expert, type, HIDDEN, COLUMNS)
                    .matrix("up" + expert, type, HIDDEN, COLUMNS)
                    .matrix("down" + expert, type, COLUMNS, HIDDEN);
        }
        return ProductsModel.run(file, graph(type), target, chunk);
    }

    private static ModelGraph graph(DType type) {
        Graph graph = new Graph();
        Node embedding = graph.tokenEmbedding(graph.weight("tokens", DType.F32, TOKENS, COLUMNS));
        Node x = graph.scale(graph.input(COLUMNS), 1.0 / 16);
        Node mixture = graph.experts(
                x,
                graph.matmul(x, graph.weight("router", DType.F32, EXPERTS, COLUMNS)),
                graph.experts("gate", type, EXPERTS, HIDDEN, COLUMNS),
                graph.experts("up", type, EXPERTS, HIDDEN, COLUMNS),
                graph.experts("down", type, EXPERTS, COLUMNS, HIDDEN),
                new Attr.Experts(EXPERTS, 2, true, Op.SILU));
        Map<String, Section.Stored> weights =
                new HashMap<>(Map.of("router", new Section.Stored(List.of("router"), false)));
        for (String slot : List.of("gate", "up", "down")) {
            List<String> tensors =
                    IntStream.range(0, EXPERTS).mapToObj(i -> slot + i).toList();
            weights.put(slot, new Section.Stored(tensors, false));
        }
        Node head = graph.matmul(graph.input(COLUMNS), graph.weight("output", DType.F32, OUTPUT, COLUMNS));
        return new ModelGraph(
                new ModelGraph.Info("test", TOKENS, 64, COLUMNS, ModelGraph.Pooling.NONE),
                ProductsModel.section(embedding, "tokens"),
                List.of(new Section(mixture, weights)),
                ProductsModel.section(head, "output"));
    }
}
