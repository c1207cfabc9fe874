package smelt.planner.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import smelt.planner.catalogue.NearestNames;
import smelt.planner.catalogue.Precision;

/** The number formats that have names. */
final class FormatNames {
    private static final WeightFormat F32 = new WeightFormat("f32", 32, Precision.F32);
    private static final WeightFormat F16 = new WeightFormat("f16", 16, Precision.BF16);
    private static final WeightFormat BF16 = new WeightFormat("bf16", 16, Precision.BF16);
    private static final WeightFormat FP8 = new WeightFormat("fp8", 8, Precision.FP8);
    /** One f32 scale for 128 x 128 weights. */
    private static final WeightFormat FP8_BLOCK = new WeightFormat("fp8_block", 8 + 32.0 / (128 * 128), Precision.FP8);

    private static final WeightFormat INT8 = new WeightFormat("int8", 8, Precision.INT8);
    /** One fp8 scale for 16 weights. */
    private static final WeightFormat NVFP4 = new WeightFormat("nvfp4", 4.5, Precision.FP4);
    /** One 8-bit exponent for 32 weights; multiplied as bf16 or fp8 where the device has no fp4. */
    private static final WeightFormat MXFP4 = new WeightFormat("mxfp4", 4.25, Precision.FP4);
    /** A 16-bit scale and a 4-bit zero for 128 weights; widened before it is multiplied. */
    private static final WeightFormat INT4 = new WeightFormat("int4", 4 + 20.0 / 128, Precision.BF16);
    /** A 16-bit scale for 32 weights, as Kimi's experts. */
    private static final WeightFormat INT4_GROUP32 = new WeightFormat("int4_group32", 4.5, Precision.BF16);

    private static final Map<String, WeightFormat> SERVED = Map.ofEntries(
            Map.entry("f32", F32),
            Map.entry("fp32", F32),
            Map.entry("bf16", BF16),
            Map.entry("f16", F16),
            Map.entry("fp16", F16),
            Map.entry("fp8", FP8),
            Map.entry("fp8_static", FP8),
            Map.entry("fp8_block", FP8_BLOCK),
            Map.entry("int8", INT8),
            Map.entry("w8a8", INT8),
            Map.entry("sq", INT8),
            Map.entry("int8_wo", new WeightFormat("int8_wo", 8, Precision.BF16)),
            Map.entry("fp4", NVFP4),
            Map.entry("nvfp4", NVFP4),
            Map.entry("mxfp4", MXFP4),
            Map.entry("w4a16_mxfp4", MXFP4),
            Map.entry("int4", INT4),
            Map.entry("int4_wo", INT4),
            Map.entry("w4a16", INT4),
            Map.entry("awq", INT4),
            Map.entry("gptq", INT4));

    /**
     * Average bits of llama.cpp's mixes: of attention (heads in groups of 8), feed-forward, and embedding with head. A
     * mix gives the down projection and the values of some layers a wider type, and the head Q6_K. Files of Llama 3.1
     * 8B come out within 0.5%.
     */
    private static final Map<String, double[]> MIXES = Map.of(
            "q2_k", new double[] {3.09, 2.896, 4.594},
            "q3_k_m", new double[] {3.97, 3.81, 5.0},
            "q4_k_s", new double[] {4.51, 4.54, 5.531},
            "q4_k_m", new double[] {4.557, 4.844, 5.531},
            "q5_k_s", new double[] {5.5, 5.5, 6.031},
            "q5_k_m", new double[] {5.53, 5.677, 6.031});

    private FormatNames() {}

    static NumberFormats formats(String name) {
        String key = key(name);
        WeightFormat served = SERVED.get(key);
        if (served != null) {
            return uniform(served);
        }
        double[] mix = MIXES.get(key);
        if (mix != null) {
            WeightFormat feedForward = new WeightFormat(key, mix[1], Precision.INT8);
            return new NumberFormats(
                    new WeightFormat(key, mix[0], Precision.INT8),
                    feedForward,
                    feedForward,
                    new WeightFormat(key, mix[2], Precision.INT8),
                    Precision.INT8,
                    2);
        }
        return block(key).map(FormatNames::ofBlock).orElseThrow(() -> unknown(name));
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private static Optional<DType> block(String key) {
        return Arrays.stream(DType.values())
                .filter(type -> type.isQuantised() && type.name().equalsIgnoreCase(key))
                .findFirst();
    }

    /** The weights of a GGUF block type. */
    static WeightFormat weights(DType type) {
        Precision arithmetic =
                !type.isQuantised() ? (type == DType.F32 ? Precision.F32 : Precision.BF16) : Precision.INT8;
        return new WeightFormat(type.name().toLowerCase(Locale.ROOT), bits(type), arithmetic);
    }

    private static double bits(DType type) {
        return 8.0 * type.blockBytes() / type.blockElements();
    }

    /** A file of one block type: llama.cpp still gives the head Q6_K where that is wider. */
    private static NumberFormats ofBlock(DType type) {
        WeightFormat all = weights(type);
        double head = Math.max(bits(type), bits(DType.Q6_K));
        WeightFormat wide = new WeightFormat(all.name(), (bits(type) + head) / 2, Precision.INT8);
        return new NumberFormats(all, all, wide, Precision.INT8, 2);
    }

    /** Matrices in one format; embedding, head and vectors as the checkpoint had them. */
    private static NumberFormats uniform(WeightFormat format) {
        WeightFormat wide = format == F32 ? F32 : BF16;
        return new NumberFormats(format, format, wide, format.arithmetic(), kvBytes(format));
    }

    private static double kvBytes(WeightFormat format) {
        return switch (format.arithmetic()) {
            case F32 -> 4;
            case FP8, FP4 -> 1;
            case BF16, INT8, INT4 -> 2;
        };
    }

    static NumberFormats served(ModelShape shape, String precision, String gemmMode, String moeMode) {
        WeightFormat matrices = mode(gemmMode.isBlank() ? precision : gemmMode);
        WeightFormat experts = mode(moeMode.isBlank() ? precision : moeMode);
        double kv = kvBytes(matrices);
        if (shape.name().startsWith("gpt-oss") && !experts.equals(BF16)) {
            return new NumberFormats(BF16, BF16, MXFP4, BF16, matrices.arithmetic(), kv);
        }
        if (matrices.equals(NVFP4) && !plainAttention(shape)) {
            return new NumberFormats(BF16, matrices, experts, BF16, matrices.arithmetic(), kv);
        }
        if (experts.equals(INT4) && shape.hasExperts()) {
            return new NumberFormats(BF16, BF16, INT4_GROUP32, BF16, Precision.BF16, kv);
        }
        return new NumberFormats(matrices, matrices, experts, BF16, matrices.arithmetic(), kv);
    }

    /** Published fp4 checkpoints leave latent and linear attention in bf16. */
    private static boolean plainAttention(ModelShape shape) {
        return shape.layers().stream().allMatch(layer -> layer.attention() instanceof Attention.Grouped);
    }

    private static WeightFormat mode(String name) {
        if (name.isBlank()) {
            return BF16;
        }
        WeightFormat found = SERVED.get(key(name));
        if (found == null) {
            throw unknown(name);
        }
        return found;
    }

    /** All names, in alphabetical order. */
    static List<String> names() {
        TreeSet<String> names = new TreeSet<>(SERVED.keySet());
        names.addAll(MIXES.keySet());
        for (DType type : DType.values()) {
            if (type.isQuantised()) {
                names.add(type.name().toLowerCase(Locale.ROOT));
            }
        }
        return new ArrayList<>(names);
    }

    private static Failure unknown(String name) {
        return Failure.of(
                        FailureCode.NOT_FOUND,
                        "There is no number format " + Names.quoted(name) + "; the nearest are "
                                + String.join(", ", NearestNames.to(name, names(), 3)))
                .withNextStep("name one of " + String.join(", ", names()));
    }
}
