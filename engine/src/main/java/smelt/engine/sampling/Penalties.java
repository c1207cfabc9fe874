package smelt.engine.sampling;

/** Makes tokens that occurred lately less (or more) likely, as llama.cpp does. Reused; owned by one thread. */
final class Penalties {
    /** By token; zeros between two calls. */
    private final int[] occurrences;

    Penalties(int vocabulary) {
        occurrences = new int[vocabulary];
    }

    /** Changes the logits of the tokens among the last ones of {@code tokens[0..count)}. */
    void apply(LogitRow row, Sampling sampling, int[] tokens, int count) {
        int first = Math.max(0, count - sampling.penaltyWindow());
        for (int i = first; i < count; i++) {
            occurrences[tokens[i]]++;
        }
        for (int i = first; i < count; i++) {
            int token = tokens[i];
            if (occurrences[token] > 0) {
                row.set(token, penalised(row.get(token), occurrences[token], sampling));
                occurrences[token] = 0;
            }
        }
    }

    private static float penalised(float logit, int occurrences, Sampling sampling) {
        double value = logit <= 0 ? logit * sampling.repetitionPenalty() : logit / sampling.repetitionPenalty();
        return (float) (value - occurrences * sampling.frequencyPenalty() - sampling.presencePenalty());
    }
}
