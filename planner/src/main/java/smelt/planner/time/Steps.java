package smelt.planner.time;

import static smelt.planner.time.Constant.ATTENTION_PEAK;
import static smelt.planner.time.Constant.COLLECTIVE_SECONDS;
import static smelt.planner.time.Constant.DECODE_PEAK;
import static smelt.planner.time.Constant.EXPERT_LAYER_SECONDS;
import static smelt.planner.time.Constant.IMBALANCE;
import static smelt.planner.time.Constant.KV_RATE;
import static smelt.planner.time.Constant.LAYER_SECONDS;
import static smelt.planner.time.Constant.LINK_RATE;
import static smelt.planner.time.Constant.OVERLAP;
import static smelt.planner.time.Constant.PROMPT_PEAK;
import static smelt.planner.time.Constant.SEQUENCE_SECONDS;
import static smelt.planner.time.Constant.STEP_SECONDS;
import static smelt.planner.time.Constant.WEIGHT_RATE;

/** The seconds of one step of one copy, from its work and the constants {@code c}, by ordinal. */
final class Steps {
    private Steps() {}

    /**
     * @param decodeRows of one copy
     * @param position mean of theirs
     * @param promptRows of one copy
     * @param promptPosition mean of theirs
     */
    static double seconds(
            Work w, double[] c, double decodeRows, double position, double promptRows, double promptPosition) {
        double rows = decodeRows + promptRows;
        double memory = weightSeconds(w, c, rows * w.copies());
        double matrices = (w.denseSeconds() + w.expertSeconds()) * w.copies();
        double arithmetic = decodeRows * (matrices + w.headSeconds()) / c[DECODE_PEAK.ordinal()]
                + promptRows * matrices / c[PROMPT_PEAK.ordinal()]
                + promptRows * w.promptAttention(promptPosition) / (w.attentionPeak() * c[ATTENTION_PEAK.ordinal()]);
        double p = c[OVERLAP.ordinal()];
        double core = Math.pow(Math.pow(memory, p) + Math.pow(arithmetic, p), 1 / p);
        double keys = decodeRows * w.read(position) / (w.bandwidth() * c[KV_RATE.ordinal()]);
        double launches = w.layers() * c[LAYER_SECONDS.ordinal()]
                + w.expertLayers() * c[EXPERT_LAYER_SECONDS.ordinal()]
                + c[STEP_SECONDS.ordinal()]
                + c[SEQUENCE_SECONDS.ordinal()] * decodeRows;
        return core + keys + launches + messages(w, c, rows);
    }

    /** Weights are read once; of the experts, those that some row chose. */
    private static double weightSeconds(Work w, double[] c, double rows) {
        double bytes = w.fixedBytes();
        if (w.expertBytes() > 0) {
            double touched = 1 - Math.pow(1 - (double) w.active() / w.experts(), Math.max(rows, 1));
            double busiest = 1 + c[IMBALANCE.ordinal()] * Math.log(w.expertDevices());
            bytes += w.expertBytes() * Math.min(1, touched * busiest);
        }
        return bytes / (w.bandwidth() * c[WEIGHT_RATE.ordinal()]);
    }

    /** Two collectives a layer, each row's hidden state in 16 bits there and back. */
    private static double messages(Work w, double[] c, double rows) {
        int n = w.devices();
        if (n == 1) {
            return 0;
        }
        double start = c[COLLECTIVE_SECONDS.ordinal()] * w.hop() * (1 + Math.log(n) / Math.log(2)) / 2;
        double bytes = rows * w.hidden() * 2.0 * 2 * (n - 1) / n;
        return 2 * w.layers() * (start + bytes / (w.link() * c[LINK_RATE.ordinal()]));
    }
}
