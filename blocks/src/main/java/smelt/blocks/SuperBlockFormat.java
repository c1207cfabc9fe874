package smelt.blocks;

import smelt.base.DType;

/**
 * A type whose blocks of 256 values have one f16 scale, and perhaps one f16 minimum, that a small integer of each group
 * multiplies: value = d * scale * quant - dmin * min.
 */
abstract sealed class SuperBlockFormat extends QuantisedFormat
        permits Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS, IQ3_S, TQ1_0, TQ2_0 {
    private static final int NOWHERE = -1;

    private final int scaleAt;
    private final int minAt;

    /** {@code scaleAt} and {@code minAt}: bytes from the block's begin to d and dmin. */
    SuperBlockFormat(DType type, int groupSize, int minQuant, int maxQuant, int scaleAt, int minAt) {
        super(type, groupSize, true, minQuant, maxQuant);
        this.scaleAt = scaleAt;
        this.minAt = minAt;
    }

    SuperBlockFormat(DType type, int groupSize, int minQuant, int maxQuant, int scaleAt) {
        super(type, groupSize, false, minQuant, maxQuant);
        this.scaleAt = scaleAt;
        this.minAt = NOWHERE;
    }

    SuperBlockFormat(DType type, int groupSize, byte[] levels, int scaleAt) {
        super(type, groupSize, levels);
        this.scaleAt = scaleAt;
        this.minAt = NOWHERE;
    }

    @Override
    public final int scaleAt() {
        return scaleAt;
    }

    @Override
    public final int offsetAt() {
        return minAt;
    }

    @Override
    public abstract void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g);

    @Override
    public final void unpackScales(byte[] src, int at, float[] scales, float[] offsets, int g) {
        int groups = type().blockElements() / groupSize();
        byte[] scaleFactors = new byte[groups];
        byte[] offsetFactors = new byte[groups];
        unpackFactors(src, at, scaleFactors, offsetFactors, 0);
        float d = Scales.f16(src, at + scaleAt);
        float dmin = hasMin() ? Scales.f16(src, at + minAt) : 0;
        for (int i = 0; i < groups; i++) {
            scales[g + i] = d * scaleFactors[i];
            if (hasMin()) {
                offsets[g + i] = -dmin * offsetFactors[i];
            }
        }
    }
}
