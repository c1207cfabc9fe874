package smelt.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import smelt.engine.Metrics;

/**
 * What became of a soak.
 *
 * @param model as the user named it
 * @param threads of a step
 * @param users that asked at once
 * @param seconds under load, after the warm-up
 * @param ends how many answers ended how
 * @param metrics of the engine at the end
 * @param wrong answers that differed from what the same request got alone
 * @param early medians of the first quarter of the samples after the warm-up
 * @param late medians of the last quarter
 * @param problems why it does not hold; empty where it does
 */
public record SoakReport(
        String model,
        String cpu,
        String tier,
        int threads,
        int users,
        long seed,
        double seconds,
        Map<String, Long> ends,
        Metrics metrics,
        long checked,
        long wrong,
        long snapshots,
        Holdings early,
        Holdings late,
        List<String> problems) {
    /** By how much resident memory may grow, as a share. */
    static final double MOST_GROWTH = 0.02;

    public SoakReport {
        ends = Map.copyOf(ends);
        problems = List.copyOf(problems);
    }

    public boolean holds() {
        return problems.isEmpty();
    }

    /** Of resident memory. */
    public double growth() {
        return growth(early, late);
    }

    static double growth(Holdings early, Holdings late) {
        return early.residentBytes() == 0 ? 0 : (double) late.residentBytes() / early.residentBytes() - 1;
    }

    /** What grew. */
    static List<String> leaks(List<Holdings> early, List<Holdings> late) {
        List<String> leaks = new ArrayList<>();
        Holdings before = Holdings.median(early);
        Holdings after = Holdings.median(late);
        if (growth(before, after) > MOST_GROWTH) {
            leaks.add(String.format(
                    Locale.ROOT,
                    "resident memory grew by %.1f%%, from %d to %d KiB (heap from %d to %d KiB)",
                    100 * growth(before, after),
                    before.residentBytes() >> 10,
                    after.residentBytes() >> 10,
                    before.heapBytes() >> 10,
                    after.heapBytes() >> 10));
        }
        before = Holdings.least(early);
        after = Holdings.least(late);
        grew(leaks, "bytes of native memory", before.nativeBytes(), after.nativeBytes());
        grew(leaks, "threads", before.threads(), after.threads());
        grew(leaks, "open files", before.files(), after.files());
        return leaks;
    }

    private static void grew(List<String> leaks, String what, long before, long after) {
        if (after > before) {
            leaks.add("there were " + before + " " + what + " and are " + after);
        }
    }
}
