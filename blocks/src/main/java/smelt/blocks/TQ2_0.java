package smelt.blocks;

import java.util.Arrays;
import smelt.base.DType;

/**
 * 256 ternary values: 2-bit codes @0, scale f16 @64; scale * (code - 1). Code 3, which no encoder writes, decodes to 2.
 */
final class TQ2_0 extends SuperBlockFormat {
    static final TQ2_0 FORMAT = new TQ2_0();

    private TQ2_0() {
        super(DType.TQ2_0, 32, -1, 2, 64);
    }

    @Override
    public void unpackCodes(byte[] src, int at, byte[] codes, int c) {
        TwoBits.unpack(src, at, codes, c);
    }

    @Override
    public void unpackFactors(byte[] src, int at, byte[] scales, byte[] offsets, int g) {
        Arrays.fill(scales, g, g + 8, (byte) 1);
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
        float scale = Math.abs(Extremes.largest(src, from, 256));
        float inverse = Extremes.inverse(scale);
        int[] codes = new int[256];
        for (int e = 0; e < 256; e++) {
            codes[e] = Extremes.round(src[from + e] * inverse) + 1;
        }
        TwoBits.pack(codes, dst, at);
        Scales.putF16(dst, at + 64, scale);
    }
}
