package smelt.planner.model;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Names;
import smelt.formats.Tensor;

/** A shape from the header of a GGUF file: kinds of layers by the names of their tensors, numbers by their shapes. */
final class GgufShape {
    /** Layers with a window among those that see everything: of so many, the last sees everything. */
    private static final Map<String, Integer> WINDOW_OF =
            Map.of("gemma2", 2, "gemma3", 6, "gpt-oss", 2, "cohere2", 4, "olmo3", 4, "llama4", 4);

    /** Part of a layer that may lie in tensors that are not understood. */
    private static final double TOLERATED = 0.02;

    private final Metadata metadata;
    private final String architecture;
    private final Map<String, Tensor> tensors;
    private final Map<Integer, Long> sizes = new HashMap<>();
    private final long hidden;

    private GgufShape(ModelFile file) {
        this.metadata = file.metadata();
        this.architecture = metadata.string("general.architecture")
                .orElseThrow(() -> Failure.of(FailureCode.MALFORMED, "Key 'general.architecture' is missing"));
        this.tensors = file.tensors();
        this.hidden = number("embedding_length", 1, Bounds.WIDTH).orElseThrow(() -> missing("embedding_length"));
    }

    /** @throws Failure UNSUPPORTED where the tensors are not those of a decoder that is understood */
    static ModelShape of(ModelFile file, String source) {
        try {
            ModelShape shape = new GgufShape(file).shape(source);
            Counts.parameters(shape);
            return shape;
        } catch (ArithmeticException e) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "The model has more numbers than can be counted");
        }
    }

    private ModelShape shape(String source) {
        long outside = 0;
        for (Tensor tensor : tensors.values()) {
            int layer = layer(tensor.name());
            if (layer >= 0) {
                sizes.merge(layer, tensor.elements(), Math::addExact);
            } else if (!tensor.name().startsWith("rope_")) {
                outside = Math.addExact(outside, tensor.elements());
            }
        }
        long vocabulary = rows("token_embd.weight").orElseThrow(() -> missing("token_embd.weight"));
        Bounds.check("vocabulary", vocabulary, 1, Bounds.VOCABULARY);
        boolean tied = !tensors.containsKey("output.weight");
        String name =
                metadata.string("general.name").filter(text -> !text.isBlank()).orElse(architecture);
        return new ModelShape(
                name,
                (int) vocabulary,
                (int) hidden,
                tied,
                Math.max(1, number("context_length", 1, 1L << 40).orElse(1)),
                layers(),
                outside - vocabulary * hidden * (tied ? 1 : 2) - hidden,
                source);
    }

    private List<LayerGroup> layers() {
        long count = number("block_count", 1, Bounds.LAYERS).orElseThrow(() -> missing("block_count"))
                - number("nextn_predict_layers", 0, Bounds.LAYERS).orElse(0);
        Map<LayerGroup, Integer> counts = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            counts.merge(layer(i), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(entry -> entry.getKey().withCount(entry.getValue()))
                .toList();
    }

    private LayerGroup layer(int index) {
        LayerGroup plain = new LayerGroup(1, attention(index), feedForward(index));
        ModelShape alone = new ModelShape("a layer", 1, (int) hidden, true, 1, List.of(plain), "");
        long counted = Counts.layer(alone, plain).total();
        long found = sizes.getOrDefault(index, 0L);
        if (Math.abs(found - counted) > TOLERATED * counted) {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "Layer " + index + " has " + found + " numbers, but by the keys of "
                                    + Names.quoted(architecture) + " it should have " + counted)
                    .withNextStep("name the model, or give its config.json");
        }
        return new LayerGroup(1, plain.attention(), plain.feedForward(), found - counted);
    }

    private Attention attention(int i) {
        if (has(i, "attn_kv_a_mqa")) {
            return latent(i);
        }
        if (has(i, "attn_q") || has(i, "attn_qkv") && !has(i, "ssm_conv1d")) {
            return grouped(i);
        }
        if (has(i, "ssm_conv1d")) {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "Layer " + i + " has a state, which is not read from GGUF files yet")
                    .withNextStep("name the model, or give its config.json");
        }
        return new Attention.None();
    }

    private Attention grouped(int i) {
        long heads = each("attention.head_count", i).orElseThrow(() -> missing("attention.head_count"));
        Bounds.check("number of heads", heads, 1, Bounds.HEADS);
        long kvHeads = each("attention.head_count_kv", i).orElse(heads);
        long size = number("attention.key_length", 1, Bounds.HEADS).orElse(hidden / heads);
        long values = number("attention.value_length", 1, Bounds.HEADS).orElse(size);
        boolean headNorm = columns("blk." + i + ".attn_q_norm.weight").orElse(0) == size;
        boolean gated = rows("blk." + i + ".attn_q.weight").orElse(0) == 2 * heads * size;
        boolean bias =
                tensors.containsKey("blk." + i + ".attn_q.bias") || tensors.containsKey("blk." + i + ".attn_qkv.bias");
        return new Attention.Grouped(
                (int) heads,
                narrow("number of KV heads", kvHeads),
                narrow("size of a head", size),
                narrow("size of a head's values", values),
                window(i),
                bias,
                headNorm,
                gated);
    }

    private static int narrow(String what, long value) {
        Bounds.check(what, value, 0, Bounds.HEADS);
        return (int) value;
    }

    private Attention latent(int i) {
        int heads = (int) each("attention.head_count", i).orElseThrow(() -> missing("attention.head_count"));
        int rope = (int) number("rope.dimension_count", 0, Bounds.HEADS).orElse(0);
        long key = number("attention.key_length_mla", 1, Bounds.HEADS)
                .orElseGet(() -> number("attention.key_length", 1, Bounds.HEADS)
                        .orElseThrow(() -> missing("attention.key_length")));
        long value = number("attention.value_length_mla", 1, Bounds.HEADS)
                .orElseGet(() -> number("attention.value_length", 1, Bounds.HEADS)
                        .orElseThrow(() -> missing("attention.value_length")));
        long rank =
                number("attention.kv_lora_rank", 1, Bounds.WIDTH).orElseThrow(() -> missing("attention.kv_lora_rank"));
        return new Attention.Latent(
                heads,
                (int) number("attention.q_lora_rank", 0, Bounds.WIDTH).orElse(0),
                (int) rank,
                rope,
                (int) key - rope,
                (int) value,
                (int) number("attention.indexer.top_k", 0, Integer.MAX_VALUE).orElse(0),
                (int) number("attention.indexer.head_count", 0, Bounds.HEADS).orElse(0),
                (int) number("attention.indexer.key_length", 0, Bounds.HEADS).orElse(0));
    }

    private FeedForward feedForward(int i) {
        String block = "blk." + i + ".";
        Tensor up = tensors.get(block + "ffn_up_exps.weight");
        if (up != null && up.shape().size() == 3) {
            return experts(i, up.shape());
        }
        long inner = rows(block + "ffn_up.weight").orElse(0);
        Bounds.check("feed-forward width", inner, 0, 2L * Bounds.WIDTH);
        boolean gated = tensors.containsKey(block + "ffn_gate.weight");
        boolean fused = !gated && columns(block + "ffn_down.weight").orElse(inner) * 2 == inner;
        return new FeedForward.Dense((int) (fused ? inner / 2 : inner), gated || fused);
    }

    private FeedForward experts(int i, List<Long> up) {
        long active = number("expert_used_count", 1, Bounds.EXPERTS).orElseThrow(() -> missing("expert_used_count"));
        long sharedInner = rows("blk." + i + ".ffn_up_shexp.weight").orElse(0);
        return new FeedForward.Experts(
                narrow("number of experts", up.get(0)),
                (int) active,
                (int) Math.min(up.get(1), Integer.MAX_VALUE),
                sharedInner > 0 ? 1 : 0,
                (int) Math.min(sharedInner, Integer.MAX_VALUE),
                tensors.containsKey("blk." + i + ".ffn_gate_exps.weight"));
    }

    private int window(int i) {
        int window = (int) number("attention.sliding_window", 0, Integer.MAX_VALUE)
                .orElseGet(() ->
                        number("attention.chunk_size", 0, Integer.MAX_VALUE).orElse(0));
        Integer of = WINDOW_OF.get(architecture);
        return of == null || (i + 1) % of != 0 ? window : 0;
    }

    private boolean has(int layer, String slot) {
        return tensors.containsKey("blk." + layer + "." + slot + ".weight");
    }

    private OptionalLong rows(String tensor) {
        Tensor found = tensors.get(tensor);
        return found == null || found.shape().size() != 2
                ? OptionalLong.empty()
                : OptionalLong.of(found.shape().getFirst());
    }

    private OptionalLong columns(String tensor) {
        Tensor found = tensors.get(tensor);
        return found == null || found.shape().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(found.shape().getLast());
    }

    /** A key with one value, or one for each layer. */
    private OptionalLong each(String key, int layer) {
        String full = architecture + "." + key;
        if (!(metadata.values().get(full) instanceof List<?>)) {
            return number(key, 1, Bounds.HEADS);
        }
        List<Long> values = metadata.integers(full).orElse(List.of());
        if (layer >= values.size()) {
            throw Failure.of(FailureCode.MALFORMED, "Key " + Names.quoted(full) + " has no value for layer " + layer);
        }
        return OptionalLong.of(values.get(layer));
    }

    private OptionalLong number(String key, long least, long most) {
        OptionalLong value = metadata.integer(architecture + "." + key);
        value.ifPresent(found -> Bounds.check(key, found, least, most));
        return value;
    }

    private Failure missing(String key) {
        return Failure.of(
                FailureCode.MALFORMED, Names.quoted(key) + " of " + Names.quoted(architecture) + " is missing");
    }

    /** The layer of a tensor, or -1. */
    private static int layer(String tensor) {
        int end = tensor.startsWith("blk.") ? tensor.indexOf('.', 4) : -1;
        if (end < 5 || end > 10) {
            return -1;
        }
        for (int i = 4; i < end; i++) {
            if (!Character.isDigit(tensor.charAt(i))) {
                return -1;
            }
        }
        return Integer.parseInt(tensor, 4, end, 10);
    }
}
