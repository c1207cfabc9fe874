package smelt.models;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Tensor;
import smelt.graph.Attr;
import smelt.graph.Attr.Rope.Pairing;

/**
 * Rotary frequencies from a configuration: base, share of the head that rotates, and the kinds of stretching them
 * beyond the context of the training. Everything is computed in double with StrictMath, so that every machine has the
 * same.
 *
 * <p>Stretching that the literature describes as changing with the sequence (dynamic, longrope) is settled here once,
 * for the context that the caller wants to use.
 */
final class Rotary {
    private static final double USUAL_BASE = 10_000;

    /** GGUF's keys for the parameters that config.json has under rope_parameters or, formerly, rope_scaling. */
    private static final Map<String, String> GGUF_KEYS = Map.of(
            "rope_theta", "rope.freq_base",
            "rope_type", "rope.scaling.type",
            "factor", "rope.scaling.factor",
            "original_max_position_embeddings", "rope.scaling.original_context_length",
            "attention_factor", "rope.scaling.attn_factor",
            "beta_fast", "rope.scaling.yarn_beta_fast",
            "beta_slow", "rope.scaling.yarn_beta_slow");

    private final Checkpoint file;
    private final Config config;
    private final String scope;
    private final int headWidth;

    /** @param scope of the parameters, for files that have some for each kind of layer, with a dot; else empty */
    private Rotary(Checkpoint file, int headWidth, String scope) {
        this.file = file;
        this.config = file.config();
        this.headWidth = headWidth;
        this.scope = scope;
    }

    /** @param inGguf how GGUF files of the family lay out a head; Hugging Face files rotate halves */
    static Attr.Rope of(Checkpoint file, Shape shape, Pairing inGguf) {
        return of(file, shape, inGguf, "");
    }

    /** @param scope kind of layer that the parameters are of, such as {@code full_attention.} */
    static Attr.Rope of(Checkpoint file, Shape shape, Pairing inGguf, String scope) {
        Rotary rotary = new Rotary(file, shape.headWidth(), scope);
        double base = rotary.real("rope_theta").orElse(USUAL_BASE);
        Pairing pairing = file.config().isGguf() ? inGguf : Pairing.HALVES;
        return rotary.stretched(base, pairing);
    }

    /** Without any stretching. */
    static Attr.Rope plain(Checkpoint file, Shape shape, Pairing inGguf, double base) {
        Rotary rotary = new Rotary(file, shape.headWidth(), "");
        Pairing pairing = file.config().isGguf() ? inGguf : Pairing.HALVES;
        return rotary.rope(pairing, frequencies(base, rotary.rotated()), 1);
    }

    private Attr.Rope stretched(double base, Pairing pairing) {
        double[] plain = dividedByTensor(frequencies(base, rotated()));
        return switch (kind()) {
            case "default", "none" -> rope(pairing, plain, 1);
            case "linear" -> rope(pairing, divided(plain, required("factor")), 1);
            case "dynamic" -> rope(pairing, frequencies(dynamicBase(base), rotated()), 1);
            case "llama3" -> rope(pairing, llama3(plain), 1);
            case "yarn" -> rope(pairing, yarn(plain, base), yarnMagnitude());
            case "longrope", "su" -> rope(pairing, longFrequencies(plain), longMagnitude());
            default ->
                throw Failure.of(FailureCode.UNSUPPORTED, "RoPE scaling '" + Nearest.clip(kind()) + "' is not known");
        };
    }

    private String kind() {
        return text("rope_type").or(() -> text("type")).orElse("default");
    }

    private Attr.Rope rope(Pairing pairing, double[] frequencies, double magnitude) {
        List<Double> list = new ArrayList<>(frequencies.length);
        for (double frequency : frequencies) {
            list.add(frequency);
        }
        return new Attr.Rope(headWidth, pairing, list, magnitude);
    }

    /** Columns of a head that rotate. */
    private int rotated() {
        int columns = config.isGguf()
                ? config.optionalCount("rope.dimension_count", "").orElse(headWidth)
                : (int) (headWidth * real("partial_rotary_factor").orElse(1));
        if (columns < 2 || columns > headWidth || columns % 2 != 0) {
            throw Failure.of(
                    FailureCode.MALFORMED, columns + " rotated columns do not fit a head of " + headWidth + " columns");
        }
        return columns;
    }

    private static double[] frequencies(double base, int rotated) {
        double[] result = new double[rotated / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = 1 / StrictMath.pow(base, 2.0 * i / rotated);
        }
        return result;
    }

    private static double[] divided(double[] frequencies, double factor) {
        double[] result = frequencies.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] /= factor;
        }
        return result;
    }

    /** Llama 3.1's GGUF files carry the divisor of each frequency instead of the rule. */
    private double[] dividedByTensor(double[] plain) {
        Optional<Tensor> divisors = config.isGguf() ? file.find("rope_freqs.weight") : Optional.empty();
        return divisors.map(tensor -> divided(plain, floats(tensor))).orElse(plain);
    }

    private static double[] divided(double[] frequencies, double[] divisors) {
        if (divisors.length != frequencies.length) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    divisors.length + " RoPE factors do not fit " + frequencies.length + " rotated pairs");
        }
        double[] result = frequencies.clone();
        for (int i = 0; i < result.length; i++) {
            if (!(divisors[i] > 0)) {
                throw Failure.of(FailureCode.MALFORMED, "RoPE factor " + i + " is " + divisors[i]);
            }
            result[i] /= divisors[i];
        }
        return result;
    }

    private static double[] floats(Tensor tensor) {
        if (tensor.type() != DType.F32 || tensor.data().byteSize() > Float.BYTES * 100_000L) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Tensor '" + tensor.name() + "' must be a few f32 factors but is " + tensor.type() + " "
                            + tensor.shape());
        }
        double[] result = new double[(int) (tensor.data().byteSize() / Float.BYTES)];
        ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < result.length; i++) {
            result[i] = tensor.data().get(layout, (long) i * Float.BYTES);
        }
        return result;
    }

    /** NTK-aware scaling: a larger base, once more positions are wanted than the model was trained for. */
    private double dynamicBase(double base) {
        double factor = required("factor");
        double stretch = Math.max(1, (double) file.context() / config.contextLength());
        int rotated = Math.max(rotated(), 4);
        return base * StrictMath.pow(factor * stretch - (factor - 1), rotated / (rotated - 2.0));
    }

    /** Long waves are stretched, short ones kept, those between blended (Llama 3.1). */
    private double[] llama3(double[] plain) {
        double factor = required("factor");
        double low = required("low_freq_factor");
        double high = required("high_freq_factor");
        double original = originalContext();
        double[] result = plain.clone();
        for (int i = 0; i < result.length; i++) {
            double turns = original * plain[i] / (2 * Math.PI);
            double kept = Math.clamp((turns - low) / Math.max(high - low, 1e-6), 0, 1);
            result[i] = (1 - kept) * plain[i] / factor + kept * plain[i];
        }
        return result;
    }

    /** Blends stretched and plain frequencies by how often a pair turns over the original context (YaRN). */
    private double[] yarn(double[] plain, double base) {
        double factor = yarnFactor();
        double low = pairTurning(real("beta_fast").orElse(32), plain.length, base);
        double high = pairTurning(real("beta_slow").orElse(1), plain.length, base);
        if (config.flag("", "rope_parameters." + scope + "truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, 2 * plain.length - 1);
        double[] result = plain.clone();
        for (int i = 0; i < result.length; i++) {
            double stretched = Math.clamp((i - low) / Math.max(high - low, 0.001), 0, 1);
            result[i] = plain[i] / factor * stretched + plain[i] * (1 - stretched);
        }
        return result;
    }

    /** The pair, counted in fractions, that turns {@code turns} times over the original context. */
    private double pairTurning(double turns, int pairs, double base) {
        return pairs * StrictMath.log(originalContext() / (turns * 2 * Math.PI)) / StrictMath.log(base);
    }

    private double yarnFactor() {
        return real("factor").orElseGet(() -> config.contextLength() / originalContext());
    }

    private double yarnMagnitude() {
        double factor = yarnFactor();
        OptionalDouble given = real("attention_factor");
        OptionalDouble scale = real("mscale");
        OptionalDouble allDimensions = real("mscale_all_dim");
        if (config.isGguf()) {
            return given.orElse(1) * magnitude(factor, 1);
        }
        if (given.isEmpty() && scale.isPresent() && allDimensions.isPresent()) {
            return magnitude(factor, scale.getAsDouble()) / magnitude(factor, allDimensions.getAsDouble());
        }
        return given.orElse(magnitude(factor, 1));
    }

    private static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * StrictMath.log(factor) + 1;
    }

    /** Each pair has its own divisor: a list for the original context, a list beyond it. */
    private double[] longFrequencies(double[] plain) {
        String length = file.context() > originalContext() ? "long" : "short";
        if (config.isGguf()) {
            return divided(plain, floats(file.get("rope_factors_" + length + ".weight", "[" + plain.length + "]")));
        }
        List<Number> divisors = Optional.<List<Number>>empty()
                .or(() -> config.reals("", "rope_parameters." + scope + length + "_factor"))
                .or(() -> config.reals("", "rope_scaling." + length + "_factor"))
                .orElseThrow(() -> missing(length + "_factor"));
        return divided(plain, divisors.stream().mapToDouble(Number::doubleValue).toArray());
    }

    private double longMagnitude() {
        double original = originalContext();
        double factor = real("factor").orElse(config.contextLength() / original);
        double usual = factor <= 1 ? 1 : StrictMath.sqrt(1 + StrictMath.log(factor) / StrictMath.log(original));
        return real("attention_factor").orElse(usual);
    }

    /** Positions of the training before the stretching; above 1, since its logarithm divides. */
    private double originalContext() {
        double original = real("original_max_position_embeddings").orElse(config.contextLength());
        if (original < 2) {
            throw Failure.of(FailureCode.MALFORMED, "The original context must be 2 or more but is " + original);
        }
        return original;
    }

    private double required(String name) {
        return real(name).orElseThrow(() -> missing(name));
    }

    private OptionalDouble real(String name) {
        String gguf = GGUF_KEYS.getOrDefault(name, "");
        for (String place : places()) {
            OptionalDouble value = config.optionalPositive(gguf, place + name);
            if (value.isPresent()) {
                return value;
            }
        }
        return OptionalDouble.empty();
    }

    private Optional<String> text(String name) {
        return places().stream()
                .filter(place -> !place.isEmpty())
                .flatMap(place -> config.text(GGUF_KEYS.getOrDefault(name, ""), place + name).stream())
                .findFirst();
    }

    /** Where config.json may hold a parameter, newest habit first. */
    private List<String> places() {
        return List.of("rope_parameters." + scope, "rope_parameters.", "rope_scaling.", "");
    }

    private Failure missing(String name) {
        String key = config.isGguf() ? GGUF_KEYS.getOrDefault(name, name) : "rope_parameters." + scope + name;
        return Failure.of(FailureCode.NOT_FOUND, "Metadata key '" + key + "' is missing");
    }
}
