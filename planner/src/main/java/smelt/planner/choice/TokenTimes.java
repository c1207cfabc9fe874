package smelt.planner.choice;

import smelt.planner.time.StepClock;

/**
 * Seconds of a deployment that one token takes, by its kind: what shares its cost out.
 *
 * @param input of a prompt, computed
 * @param cached of a prompt, found in the cache: that computed ones attend to it (where the workload finds none: as if
 *     half of the prompt were)
 * @param output of an answer
 */
public record TokenTimes(double input, double cached, double output) {
    private static final int CHUNK = 2048;

    static TokenTimes of(StepClock clock, Workload workload, int concurrency) {
        int computed = Math.max(1, computed(workload));
        int found = Math.max(workload.input() - computed, workload.input() / 2);
        int rows = Math.min(computed, CHUNK);
        double alone = clock.seconds(rows, (long) rows * (computed / 2), 0, 0) / rows;
        double behind = clock.seconds(rows, (long) rows * (found + computed / 2), 0, 0) / rows;
        long position = workload.input() + workload.output() / 2L;
        double output = clock.seconds(0, 0, concurrency, concurrency * position) / concurrency;
        return new TokenTimes(alone, found == 0 ? 0 : Math.max(0, behind - alone) * computed / found, output);
    }

    static int computed(Workload workload) {
        return (int) Math.round(workload.input() * (1 - workload.prefixHitShare()));
    }

    /** Of one request. */
    double request(Workload workload) {
        int computed = computed(workload);
        return computed * input + (workload.input() - computed) * cached + workload.output() * output;
    }
}
