package smelt.planner.calibration;

import java.util.stream.IntStream;
import smelt.graph.Cost;

/**
 * What a step computes.
 *
 * @param sequences that take part, all alike; one row of each wants logits
 * @param rowsEach tokens of each
 * @param depth positions of each before them
 */
public record StepShape(int sequences, int rowsEach, int depth) {
    /** Of one user who writes. */
    public static StepShape decode(int depth) {
        return new StepShape(1, 1, depth);
    }

    public static StepShape prompt(int rows, int depth) {
        return new StepShape(1, rows, depth);
    }

    public int rows() {
        return sequences * rowsEach;
    }

    /** Operations of attention of such cost for each position. */
    double attentionOperations(Cost cost) {
        return sequences
                * IntStream.rangeClosed(1, rowsEach)
                        .mapToDouble(row -> cost.attentionOperations(depth + row))
                        .sum();
    }

    /** Keys and values that it reads, each once. */
    double cacheElements(Cost cost) {
        return sequences * cost.cacheElements(depth + rowsEach);
    }
}
