package smelt.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.formats.gguf.GgufWriter;

/**
 * Writes a tiny Hugging Face model as llama.cpp's converters would: their names (gguf-names.txt), queries and keys of
 * the Llama kin permuted, Gemma's norms plus one, GPT-2's matrices turned, experts stacked, rotary factors as tensors.
 */
final class GgufTwin {
    private static final Map<String, String> ARCHITECTURES =
            Map.of("skywork", "llama", "mistral", "llama", "mixtral", "llama", "qwen3_moe", "qwen3moe");

    private static final Set<String> PERMUTED = Set.of("llama", "granite", "smollm3");

    /** config.json's keys and GGUF's. */
    private static final Map<String, String> KEYS = keys("""
            num_hidden_layers block_count
            n_layer block_count
            max_position_embeddings context_length
            n_positions context_length
            hidden_size embedding_length
            n_embd embedding_length
            intermediate_size feed_forward_length
            num_attention_heads attention.head_count
            n_head attention.head_count
            num_key_value_heads attention.head_count_kv
            head_dim attention.key_length
            rms_norm_eps attention.layer_norm_rms_epsilon
            layer_norm_eps attention.layer_norm_epsilon
            layer_norm_epsilon attention.layer_norm_epsilon
            sliding_window attention.sliding_window
            attn_logit_softcapping attn_logit_softcapping
            final_logit_softcapping final_logit_softcapping
            attention_multiplier attention.scale
            embedding_multiplier embedding_scale
            residual_multiplier residual_scale
            logits_scaling logit_scale
            num_local_experts expert_count
            num_experts_per_tok expert_used_count
            moe_intermediate_size expert_feed_forward_length
            rope_parameters.rope_theta rope.freq_base
            rope_parameters.full_attention.rope_theta rope.freq_base
            rope_parameters.sliding_attention.rope_theta rope.freq_base_swa
            rope_parameters.factor rope.scaling.factor
            rope_parameters.full_attention.factor rope.scaling.factor
            rope_parameters.original_max_position_embeddings rope.scaling.original_context_length
            """);

    private static final Pattern NUMBERS = Pattern.compile("((?:layers|layer|h)\\.)(\\d+)\\.");
    private static final Pattern EXPERT = Pattern.compile("experts\\.(\\d+)\\.");

    private final ModelFile folder;
    private final String family;
    private final String architecture;
    private final Map<String, String> names;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private GgufTwin(ModelFile folder, String family) {
        this.folder = folder;
        this.family = family;
        this.architecture = ARCHITECTURES.getOrDefault(family, family);
        this.names = names(family);
    }

    /** Writes the twin of {@code folder}, of which {@code name} begins with the family, to {@code target}. */
    static void write(ModelFile folder, String name, Path target) {
        GgufTwin twin = new GgufTwin(folder, name.replaceAll("-.*", ""));
        twin.convert();
        GgufWriter.write(target, new Metadata(twin.metadata()), twin.tensors.values());
    }

    private static Map<String, String> names(String family) {
        try (InputStream in = Objects.requireNonNull(GgufTwin.class.getResourceAsStream("/gguf-names.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .filter(columns -> columns[0].equals(family))
                    .collect(Collectors.toMap(columns -> columns[1], columns -> columns[2]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> keys(String table) {
        return table.lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(columns -> columns[0], columns -> columns[1]));
    }

    private Map<String, Object> metadata() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", architecture);
        folder.metadata().values().forEach((key, value) -> {
            if (KEYS.containsKey(key)) {
                values.put(architecture + "." + KEYS.get(key), value);
            }
        });
        rope("rope_type").filter(kind -> !kind.equals("llama3")).ifPresent(kind -> {
            values.put(architecture + ".rope.scaling.type", kind.equals("default") ? "none" : kind);
        });
        if (family.equals("gemma3")) {
            values.put(
                    "gemma3.attention.sliding_window_pattern",
                    folder.metadata().strings("layer_types").orElseThrow().contains("full_attention") ? 2L : 6L);
        }
        folder.metadata()
                .real("rope_parameters.partial_rotary_factor")
                .ifPresent(share -> values.put(architecture + ".rope.dimension_count", (long) (headWidth() * share)));
        return values;
    }

    private Optional<String> rope(String key) {
        return folder.metadata()
                .string("rope_parameters." + key)
                .or(() -> folder.metadata().string("rope_parameters.full_attention." + key));
    }

    private int whole(String key) {
        return (int) folder.metadata().integer(key).orElseThrow();
    }

    private int headWidth() {
        return (int) folder.metadata()
                .integer("head_dim")
                .orElseGet(() -> whole("hidden_size") / whole("num_attention_heads"));
    }

    private void convert() {
        Map<String, List<Tensor>> experts = new LinkedHashMap<>();
        for (Tensor tensor : folder.tensors().values()) {
            Matcher layer = NUMBERS.matcher(tensor.name());
            String number = layer.find() ? layer.group(2) : "";
            Matcher expert = EXPERT.matcher(NUMBERS.matcher(tensor.name()).replaceFirst("$1%d."));
            String pattern = expert.replaceFirst("experts.%e.");
            String found = names.get(pattern);
            if (found == null) {
                continue;
            }
            String name = found.replace("%d", number);
            if (pattern.contains("%e")) {
                experts.computeIfAbsent(name, unused -> new ArrayList<>()).add(tensor);
            } else {
                put(name, tensor.shape(), changed(name, tensor));
            }
        }
        experts.forEach(this::stack);
        ropeTensors();
    }

    private float[] changed(String name, Tensor tensor) {
        float[] values = floats(tensor);
        if (PERMUTED.contains(architecture) && name.contains(".attn_q.")) {
            return permuted(values, tensor, whole("num_attention_heads"));
        }
        if (PERMUTED.contains(architecture) && name.contains(".attn_k.")) {
            return permuted(values, tensor, whole("num_key_value_heads"));
        }
        if (architecture.startsWith("gemma") && name.endsWith("norm.weight")) {
            return map(values, x -> x + 1);
        }
        if (architecture.equals("gemma2") && name.contains(".attn_q.")) {
            // GGUF cannot say another scale than 1 / sqrt(head width).
            float factor = (float) Math.sqrt((double) headWidth() / whole("query_pre_attn_scalar"));
            return map(values, x -> x * factor);
        }
        return values;
    }

    /** Row (half, i) of each head goes to row (i, half). */
    private static float[] permuted(float[] values, Tensor tensor, int heads) {
        int rows = tensor.shape().getFirst().intValue();
        int half = rows / heads / 2;
        IntUnaryOperator source = row -> row / (2 * half) * 2 * half + row % 2 * half + row % (2 * half) / 2;
        int columns = values.length / rows;
        float[] result = new float[values.length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, source.applyAsInt(row) * columns, result, row * columns, columns);
        }
        return result;
    }

    private void put(String name, List<Long> shape, float[] values) {
        if (family.equals("gpt2") && shape.size() == 2 && name.startsWith("blk.")) {
            put(new Tensor(name, DType.F32, shape.reversed(), MemorySegment.ofArray(turned(values, shape))));
        } else {
            put(new Tensor(name, DType.F32, shape, MemorySegment.ofArray(values)));
        }
    }

    private void put(Tensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    private static float[] turned(float[] values, List<Long> shape) {
        int rows = shape.get(0).intValue();
        int columns = shape.get(1).intValue();
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i % columns * rows + i / columns] = values[i];
        }
        return result;
    }

    private void stack(String name, List<Tensor> experts) {
        List<Long> shape = new ArrayList<>(experts.getFirst().shape());
        shape.addFirst((long) experts.size());
        int each = (int) experts.getFirst().elements();
        float[] all = new float[experts.size() * each];
        for (Tensor tensor : experts) {
            Matcher number = EXPERT.matcher(tensor.name());
            int expert = number.find() ? Integer.parseInt(number.group(1)) : 0;
            System.arraycopy(floats(tensor), 0, all, expert * each, each);
        }
        put(new Tensor(name, DType.F32, shape, MemorySegment.ofArray(all)));
    }

    private void ropeTensors() {
        switch (rope("rope_type").orElse("")) {
            case "longrope" -> {
                vector("rope_factors_short.weight", reals("short_factor"));
                vector("rope_factors_long.weight", reals("long_factor"));
            }
            case "llama3" -> vector("rope_freqs.weight", llama3Factors());
            default -> {}
        }
    }

    private float[] reals(String key) {
        return map(folder.metadata().reals("rope_parameters." + key).orElseThrow());
    }

    /** As llama.cpp's converter states Llama 3.1's rule, by wave lengths. */
    private float[] llama3Factors() {
        double base = folder.metadata().real("rope_parameters.rope_theta").orElseThrow();
        double factor = folder.metadata().real("rope_parameters.factor").orElseThrow();
        double low = folder.metadata().real("rope_parameters.low_freq_factor").orElseThrow();
        double high = folder.metadata().real("rope_parameters.high_freq_factor").orElseThrow();
        double original = whole("rope_parameters.original_max_position_embeddings");
        List<Number> factors = new ArrayList<>();
        for (int i = 0; i < headWidth(); i += 2) {
            double wave = 2 * Math.PI * Math.pow(base, (double) i / headWidth());
            double smooth = (original / wave - low) / (high - low);
            if (wave < original / high) {
                factors.add(1.0);
            } else {
                factors.add(wave > original / low ? factor : 1 / ((1 - smooth) / factor + smooth));
            }
        }
        return map(factors);
    }

    private void vector(String name, float[] values) {
        put(new Tensor(name, DType.F32, List.of((long) values.length), MemorySegment.ofArray(values)));
    }

    private static float[] map(List<Number> values) {
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i).floatValue();
        }
        return result;
    }

    private interface FloatOperator {
        float apply(float x);
    }

    private static float[] map(float[] values, FloatOperator f) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = f.apply(values[i]);
        }
        return result;
    }

    private static float[] floats(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
