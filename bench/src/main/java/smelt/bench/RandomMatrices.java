package smelt.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Section;

/**
 * A model of nothing but square matrices of one block type, one a layer. In the file they share their bytes; packed,
 * each has its own.
 */
final class RandomMatrices implements ModelFile {
    static final int TOKENS = 32;
    private static final int PANEL = 16;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final ModelGraph graph;

    /**
     * @param size rows, and columns, of a matrix; a multiple of 256
     * @param context positions
     */
    RandomMatrices(DType type, int size, int layers, int context, long seed) {
        Random random = new Random(seed);
        add("tokens", DType.F32, TOKENS, size, rows(DType.F32, TOKENS, TOKENS, size, random));
        MemorySegment data = rows(type, PANEL, size, size, random);
        add("head", type, PANEL, size, data.asSlice(0, type.bytes(size) * PANEL));
        IntStream.range(0, layers).forEach(layer -> add("layer" + layer, type, size, size, data));
        graph = graph(type, size, layers, context);
    }

    /** Some rows of normal values, over and over. */
    private static MemorySegment rows(DType type, int different, int count, int columns, Random random) {
        float[] values = new float[different * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        long bytes = type.bytes(columns) * different;
        MemorySegment all = Arena.ofAuto().allocate(type.bytes(columns) * count, 64);
        BlockFormat.of(type).encode(values, 0, all, 0, values.length);
        for (long at = bytes; at < all.byteSize(); at += bytes) {
            MemorySegment.copy(all, 0, all, at, Math.min(bytes, all.byteSize() - at));
        }
        return all.asReadOnly();
    }

    private void add(String name, DType type, int rows, int columns, MemorySegment data) {
        tensors.put(name, new Tensor(name, type, List.of((long) rows, (long) columns), data));
    }

    private static ModelGraph graph(DType type, int size, int layers, int context) {
        Graph graph = new Graph();
        Node embedding = graph.tokenEmbedding(graph.weight("tokens", DType.F32, TOKENS, size));
        // keeps the size of what goes from layer to layer
        Node scaled = graph.scale(graph.input(size), 1 / Math.sqrt(size));
        Node layer = graph.matmul(scaled, graph.weight("matrix", type, size, size));
        Node head = graph.matmul(graph.input(size), graph.weight("head", type, PANEL, size));
        return new ModelGraph(
                new ModelGraph.Info("matrices", TOKENS, context, size, ModelGraph.Pooling.NONE),
                section(embedding, "tokens", "tokens"),
                IntStream.range(0, layers)
                        .mapToObj(i -> section(layer, "matrix", "layer" + i))
                        .toList(),
                section(head, "head", "head"));
    }

    private static Section section(Node output, String slot, String tensor) {
        return new Section(output, Map.of(slot, new Section.Stored(List.of(tensor), false)));
    }

    ModelGraph graph() {
        return graph;
    }

    @Override
    public Format format() {
        return Format.GGUF;
    }

    @Override
    public Metadata metadata() {
        return new Metadata(Map.of());
    }

    @Override
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {}
}
