package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Compares results that must be equal to the last bit. */
final class SameBits {
    private SameBits() {}

    /** Both: a row for each token. */
    static void expect(List<float[]> expected, List<float[]> actual, String where) {
        assertThat(actual).as(where).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(bits(actual.get(i))).as("%s, position %d", where, i).containsExactly(bits(expected.get(i)));
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
