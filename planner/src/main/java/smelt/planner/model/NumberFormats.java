package smelt.planner.model;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Precision;

/**
 * How a deployment keeps its numbers.
 *
 * @param weights of attention
 * @param feedForward of dense layers and shared experts
 * @param expertWeights of routed experts
 * @param keptWide embedding, head, norms, routers: as the checkpoint keeps them
 * @param arithmetic of most of the matrices
 * @param kvBytes per number of keys and values
 */
public record NumberFormats(
        WeightFormat weights,
        WeightFormat feedForward,
        WeightFormat expertWeights,
        WeightFormat keptWide,
        Precision arithmetic,
        double kvBytes) {
    public NumberFormats {
        if (!(kvBytes > 0 && kvBytes <= 8)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A number of keys and values must take 0 to 8 bytes but takes " + kvBytes);
        }
    }

    public NumberFormats(
            WeightFormat weights,
            WeightFormat expertWeights,
            WeightFormat keptWide,
            Precision arithmetic,
            double kvBytes) {
        this(weights, weights, expertWeights, keptWide, arithmetic, kvBytes);
    }

    /** The same with keys and values of another width: 1 for fp8 and int8, 2 for f16 and bf16. */
    public NumberFormats withKvBytes(double value) {
        return new NumberFormats(weights, feedForward, expertWeights, keptWide, arithmetic, value);
    }

    /**
     * The format that people call {@code name}: bf16, fp8, fp8_block, int8, nvfp4, mxfp4, int4, awq, gptq, or a type or
     * mix of GGUF files such as q4_k_m. Keys and values are fp8 beside fp8 and fp4 weights, 16 bits otherwise; see
     * {@link #withKvBytes}.
     *
     * @throws Failure NOT_FOUND with the nearest names
     */
    public static NumberFormats named(String name) {
        return FormatNames.formats(name);
    }

    /**
     * What a server of {@code shape} keeps, by the columns {@code precision}, {@code gemm_quant_mode} and
     * {@code moe_quant_mode} of measured rows, any of which may be empty: no mode means bf16. Fp4 and int4 checkpoints
     * of several families leave parts in bf16, and gpt-oss is published with mxfp4 experts.
     *
     * @throws Failure NOT_FOUND for a mode that is not known
     */
    public static NumberFormats served(ModelShape shape, String precision, String gemmMode, String moeMode) {
        return FormatNames.served(shape, precision, gemmMode, moeMode);
    }
}
