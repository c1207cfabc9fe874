package smelt.engine.sampling;

import java.util.Arrays;

/**
 * The tokens still in the draw, most likely first, and the filters that thin them out. Probabilities are relative to
 * the most likely token: {@code exp(logit - largest)}. All sums run from the most likely token down. Reused.
 */
final class Candidates {
    private final Largest largest = new Largest();
    private int[] ids = new int[64];
    private double[] logits = new double[64];
    private double[] weights = new double[64];
    private int count;

    /** Starts over with the {@code k} most likely tokens. */
    void select(LogitRow row, int k) {
        row.selectLargest(largest, k);
        reserve(largest.count());
        count = 0;
        for (int rank = 0; rank < largest.count() && largest.value(rank) > Float.NEGATIVE_INFINITY; rank++) {
            ids[count] = largest.index(rank);
            logits[count] = largest.value(rank);
            weights[count] = Exp.ofNonPositive(logits[count] - logits[0]);
            count++;
        }
    }

    int count() {
        return count;
    }

    int id(int rank) {
        return ids[rank];
    }

    double mass() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /**
     * Keeps the shortest beginning whose mass reaches {@code p * mass}.
     *
     * @return false, with all kept, where these candidates do not reach it
     */
    boolean keepMass(double p, double mass) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
            if (sum >= p * mass) {
                count = i + 1;
                return true;
            }
        }
        return false;
    }

    /**
     * Keeps tokens at least {@code p} times as likely as the first.
     *
     * @return false where these were all and more may follow
     */
    boolean keepLikely(double p) {
        double least = logits[0] + StrictMath.log(p);
        int kept = 1;
        while (kept < count && logits[kept] >= least) {
            kept++;
        }
        boolean someLeft = kept < count;
        count = kept;
        return someLeft;
    }

    /** Locally typical sampling (Meister et al. 2022): keeps the tokens nearest to the entropy that together pass p. */
    void keepTypical(double p) {
        double mass = mass();
        double entropy = 0;
        for (int i = 0; i < count; i++) {
            entropy -= weights[i] / mass * logProbability(i, mass);
        }
        Integer[] order = new Integer[count];
        double[] distance = new double[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
            distance[i] = Math.abs(-logProbability(i, mass) - entropy);
        }
        Arrays.sort(order, (a, b) -> Double.compare(distance[a], distance[b]));
        int kept = 0;
        for (double sum = 0; kept < count && sum <= p; kept++) {
            sum += weights[order[kept]] / mass;
        }
        keep(order, kept);
    }

    private double logProbability(int rank, double mass) {
        return logits[rank] - logits[0] - StrictMath.log(mass);
    }

    /** Keeps the first {@code kept} of {@code order}, most likely first again. */
    private void keep(Integer[] order, int kept) {
        Arrays.sort(order, 0, kept);
        for (int i = 0; i < kept; i++) {
            int from = order[i];
            ids[i] = ids[from];
            logits[i] = logits[from];
            weights[i] = weights[from];
        }
        count = kept;
    }

    /** The candidate at {@code uniform} in [0, 1) of the distribution at this temperature. */
    int draw(double temperature, double uniform) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = Exp.ofNonPositive((logits[i] - logits[0]) / temperature);
            sum += weights[i];
        }
        double target = uniform * sum;
        double reached = 0;
        for (int i = 0; i < count; i++) {
            reached += weights[i];
            if (reached > target) {
                return ids[i];
            }
        }
        return ids[count - 1];
    }

    private void reserve(int n) {
        if (ids.length < n) {
            ids = new int[n];
            logits = new double[n];
            weights = new double[n];
        }
    }
}
