package smelt.engine.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What {@link Sampler} means, written down without any thought of speed. */
final class NaiveSampler {
    private NaiveSampler() {}

    static double[] adjusted(float[] row, Sampling s, int[] tokens) {
        double[] logits = new double[row.length];
        for (int id = 0; id < row.length; id++) {
            float value = row[id] + s.logitBias().getOrDefault(id, 0f);
            int occurrences = 0;
            for (int i = Math.max(0, tokens.length - s.penaltyWindow()); i < tokens.length; i++) {
                occurrences += tokens[i] == id ? 1 : 0;
            }
            if (occurrences > 0) {
                double scaled = value <= 0 ? value * s.repetitionPenalty() : value / s.repetitionPenalty();
                value = (float) (scaled - occurrences * s.frequencyPenalty() - s.presencePenalty());
            }
            logits[id] = value;
        }
        return logits;
    }

    static int choose(float[] row, Sampling s, int[] tokens, double uniform) {
        double[] logits = adjusted(row, s, tokens);
        List<Integer> kept =
                new ArrayList<>(IntStream.range(0, row.length).boxed().toList());
        boolean filtered = (s.topK() > 0 && s.topK() < row.length) || s.typicalP() < 1 || s.topP() < 1 || s.minP() > 0;
        Comparator<Integer> mostLikely = Comparator.comparingDouble(id -> -logits[id]);
        List<Integer> sorted = kept.stream().sorted(mostLikely).toList();
        if (s.temperature() == 0) {
            return sorted.getFirst();
        }
        if (filtered) {
            kept = new ArrayList<>(sorted.stream()
                    .filter(id -> logits[id] > Double.NEGATIVE_INFINITY)
                    .toList());
            if (s.topK() > 0) {
                kept = kept.subList(0, Math.min(s.topK(), kept.size()));
            }
            kept = typical(kept, logits, s.typicalP());
            kept.sort(mostLikely.thenComparingInt(id -> id));
            kept = topP(kept, logits, s.topP());
            double best = probability(kept, logits, kept.getFirst());
            List<Integer> all = kept;
            kept = kept.stream()
                    .filter(id -> probability(all, logits, id) >= s.minP() * best * (1 - 1e-12))
                    .toList();
        }
        return draw(kept, logits, s.temperature(), uniform);
    }

    private static List<Integer> typical(List<Integer> ids, double[] logits, double p) {
        if (p == 1) {
            return ids;
        }
        double entropy = 0;
        for (int id : ids) {
            double q = probability(ids, logits, id);
            entropy -= q * StrictMath.log(q);
        }
        double h = entropy;
        List<Integer> order = ids.stream()
                .sorted(Comparator.comparingDouble(id -> Math.abs(-StrictMath.log(probability(ids, logits, id)) - h)))
                .toList();
        List<Integer> kept = new ArrayList<>();
        double sum = 0;
        for (int id : order) {
            kept.add(id);
            sum += probability(ids, logits, id);
            if (sum > p) {
                break;
            }
        }
        return kept;
    }

    private static List<Integer> topP(List<Integer> ids, double[] logits, double p) {
        if (p == 1) {
            return ids;
        }
        List<Integer> kept = new ArrayList<>();
        double sum = 0;
        for (int id : ids) {
            kept.add(id);
            sum += probability(ids, logits, id);
            if (sum >= p) {
                break;
            }
        }
        return kept;
    }

    private static double probability(List<Integer> ids, double[] logits, int id) {
        double sum = 0;
        for (int other : ids) {
            sum += StrictMath.exp(logits[other] - logits[id]);
        }
        return 1 / sum;
    }

    private static int draw(List<Integer> ids, double[] logits, double temperature, double uniform) {
        double max = ids.stream().mapToDouble(id -> logits[id]).max().orElseThrow();
        double sum = 0;
        for (int id : ids) {
            sum += StrictMath.exp((logits[id] - max) / temperature);
        }
        double reached = 0;
        for (int id : ids) {
            reached += StrictMath.exp((logits[id] - max) / temperature);
            if (reached > uniform * sum) {
                return id;
            }
        }
        return ids.getLast();
    }
}
