package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Reads rows of logits without allocating; owned by one thread. */
final class Logits {
    /** Floats copied at once: stays in the first-level cache. */
    private static final int CHUNK = 2048;

    private final int vocabulary;
    private final float[] chunk = new float[CHUNK];
    private final float[] values;

    Logits(int vocabulary) {
        this.vocabulary = vocabulary;
        values = new float[vocabulary];
    }

    /** A copy of the row, valid until the next call; the caller may change it. */
    float[] copy(MemorySegment row) {
        MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, values, 0, vocabulary);
        return values;
    }

    /** The token with the largest logit, of equals the lowest id. */
    int argmax(MemorySegment row) {
        int best = -1;
        float bestValue = Float.NEGATIVE_INFINITY;
        for (int start = 0; start < vocabulary; start += CHUNK) {
            int count = Math.min(CHUNK, vocabulary - start);
            MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, (long) start * Float.BYTES, chunk, 0, count);
            float max = max(chunk, count);
            if (max > bestValue) {
                bestValue = max;
                best = start + firstOf(chunk, max);
            }
        }
        if (best < 0) {
            throw noToken();
        }
        return best;
    }

    /** The index of the largest of {@code values}, of equals the lowest. */
    static int argmax(float[] values) {
        return firstOf(values, finiteMax(values));
    }

    /** The largest of {@code values}, which at least one token may have. */
    static float finiteMax(float[] values) {
        float max = max(values, values.length);
        if (max == Float.NEGATIVE_INFINITY) {
            throw noToken();
        }
        return max;
    }

    /**
     * @throws Failure INTERNAL where a value is not a number: the arithmetic below is broken, any token would be a lie
     */
    private static float max(float[] values, int count) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, values[i]);
        }
        if (Float.isNaN(max) || max == Float.POSITIVE_INFINITY) {
            throw Failure.of(FailureCode.MALFORMED, "The weights gave a logit of " + max)
                    .withNextStep("check the model file against its checksum; if it is sound, report this");
        }
        return max;
    }

    private static int firstOf(float[] values, float wanted) {
        int index = 0;
        while (values[index] != wanted) {
            index++;
        }
        return index;
    }

    private static Failure noToken() {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "No token is left to choose: all logits are -Infinity")
                .withNextStep("ban fewer tokens by logit_bias");
    }
}
