package smelt.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;

/**
 * A Llama of random weights that has some layers of each of several block types, so that one step has kernels of all of
 * them. Layers of a type follow each other, as they do in other models: the processor is slow where it meets code anew.
 * In the file equal matrices share their bytes; packed, each has its own.
 */
final class RandomLlama implements ModelFile {
    /** Rows of a matrix that differ; more would take longer to make and nothing else. */
    private static final int DIFFERENT = 16;

    /**
     * @param hidden columns of the residual stream, a multiple of 256, as {@code inner}
     * @param heads of queries, each 64 columns wide
     * @param turns layers of each type
     */
    record Shape(int hidden, int inner, int heads, int keyHeads, int vocabulary, int turns, int context) {
        /** Columns of a head. */
        private static final int HEAD = 64;

        Shape withTurns(int count) {
            return new Shape(hidden, inner, heads, keyHeads, vocabulary, count, context);
        }

        long layerWeights() {
            long attention = (long) hidden * HEAD * (2 * heads + 2 * keyHeads);
            return attention + 3L * hidden * inner;
        }
    }

    private final Shape shape;
    private final Random random;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<List<Object>, MemorySegment> made = new HashMap<>();
    private final Metadata metadata;

    /** @param head type of the output matrix */
    RandomLlama(Shape shape, List<DType> types, DType head, long seed) {
        this.shape = shape;
        this.random = new Random(seed);
        int layers = types.size() * shape.turns();
        this.metadata = new Metadata(Map.ofEntries(
                Map.entry("general.architecture", "llama"),
                Map.entry("llama.block_count", (long) layers),
                Map.entry("llama.context_length", (long) shape.context()),
                Map.entry("llama.embedding_length", (long) shape.hidden()),
                Map.entry("llama.feed_forward_length", (long) shape.inner()),
                Map.entry("llama.attention.head_count", (long) shape.heads()),
                Map.entry("llama.attention.head_count_kv", (long) shape.keyHeads()),
                Map.entry("llama.attention.layer_norm_rms_epsilon", 1e-5),
                Map.entry("llama.rope.freq_base", 1e4),
                Map.entry("llama.vocab_size", (long) shape.vocabulary())));
        add("token_embd.weight", head, shape.vocabulary(), shape.hidden());
        norm("output_norm.weight");
        add("output.weight", head, shape.vocabulary(), shape.hidden());
        for (int layer = 0; layer < layers; layer++) {
            layer("blk." + layer + ".", types.get(layer / shape.turns()));
        }
    }

    private void layer(String prefix, DType type) {
        int queries = shape.heads() * Shape.HEAD;
        int keys = shape.keyHeads() * Shape.HEAD;
        norm(prefix + "attn_norm.weight");
        norm(prefix + "ffn_norm.weight");
        add(prefix + "attn_q.weight", type, queries, shape.hidden());
        add(prefix + "attn_k.weight", type, keys, shape.hidden());
        add(prefix + "attn_v.weight", type, keys, shape.hidden());
        add(prefix + "attn_output.weight", type, shape.hidden(), queries);
        add(prefix + "ffn_gate.weight", type, shape.inner(), shape.hidden());
        add(prefix + "ffn_up.weight", type, shape.inner(), shape.hidden());
        add(prefix + "ffn_down.weight", type, shape.hidden(), shape.inner());
    }

    private void norm(String name) {
        MemorySegment ones = made.computeIfAbsent(List.of("norm"), key -> encoded(DType.F32, shape.hidden(), 0, 1));
        tensors.put(name, new Tensor(name, DType.F32, List.of((long) shape.hidden()), ones));
    }

    private void add(String name, DType type, int rows, int columns) {
        MemorySegment data = made.computeIfAbsent(List.of(type, rows, columns), key -> rows(type, rows, columns));
        tensors.put(name, new Tensor(name, type, List.of((long) rows, (long) columns), data));
    }

    /** Some rows of normal values, over and over. */
    private MemorySegment rows(DType type, int count, int columns) {
        MemorySegment few = encoded(type, DIFFERENT * columns, 1 / Math.sqrt(columns), 0);
        MemorySegment all = Arena.ofAuto().allocate(type.bytes(columns) * count, 64);
        for (long at = 0; at < all.byteSize(); at += few.byteSize()) {
            MemorySegment.copy(few, 0, all, at, Math.min(few.byteSize(), all.byteSize() - at));
        }
        return all.asReadOnly();
    }

    private MemorySegment encoded(DType type, int count, double deviation, double mean) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        MemorySegment bytes = Arena.ofAuto().allocate(type.bytes(count), 64);
        BlockFormat.of(type).encode(values, 0, bytes, 0, count);
        return bytes;
    }

    @Override
    public Format format() {
        return Format.GGUF;
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    @Override
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Of memory that this takes. */
    @Override
    public long bytes() {
        return made.values().stream().mapToLong(MemorySegment::byteSize).sum();
    }

    @Override
    public void close() {}
}
