package smelt.engine;

import java.util.Arrays;

/** Makes tokens that occurred lately less (or more) likely, as llama.cpp does. Reused; owned by one thread. */
final class Penalties {
    private int[] window = new int[64];

    /** Changes {@code row} for the tokens among the last ones of {@code tokens[0..count)}. */
    void apply(float[] row, Sampling sampling, int[] tokens, int count) {
        int length = Math.min(sampling.penaltyWindow(), count);
        if (window.length < length) {
            window = new int[Math.max(length, 2 * window.length)];
        }
        System.arraycopy(tokens, count - length, window, 0, length);
        Arrays.sort(window, 0, length);
        for (int from = 0, to; from < length; from = to) {
            to = from + 1;
            while (to < length && window[to] == window[from]) {
                to++;
            }
            row[window[from]] = penalised(row[window[from]], to - from, sampling);
        }
    }

    private static float penalised(float logit, int occurrences, Sampling sampling) {
        double value = logit <= 0 ? logit * sampling.repetitionPenalty() : logit / sampling.repetitionPenalty();
        return (float) (value - occurrences * sampling.frequencyPenalty() - sampling.presencePenalty());
    }
}
