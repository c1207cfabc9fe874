package smelt.planner.time;

import java.util.List;
import java.util.Set;
import smelt.planner.catalogue.Precision;
import smelt.planner.model.NumberFormats;

/**
 * Whose constants hold: each differs a little by engine, by type of numbers and by whether there are experts.
 *
 * @param engine index into {@link #ENGINES}, -1: another
 * @param precision index, see {@link #precision}
 */
record Group(int engine, int precision, boolean experts) {
    static final List<String> ENGINES = List.of("vllm", "trtllm", "sglang");
    static final int PRECISIONS = 4;

    static Group of(Deployment deployment, Work work) {
        return new Group(ENGINES.indexOf(deployment.engine().name()), precision(deployment), work.expertBytes() > 0);
    }

    /**
     * 16 bits or more, 8 bits, 4 bits multiplied as such, 4 bits widened first (for the format's or for the device's
     * sake); by the greater part of the weights.
     */
    static int precision(Deployment deployment) {
        NumberFormats formats = deployment.formats();
        Precision precision = formats.expertWeights().arithmetic();
        double bits = formats.expertWeights().bitsPerWeight();
        if (bits > 12) {
            return 0;
        }
        if (bits > 6.1) {
            return 1;
        }
        return precision == Precision.FP4 && generation(deployment) == 2 ? 2 : 3;
    }

    /** Devices that multiply 4-bit floats, 8-bit floats, neither: 2, 1, 0. */
    static int generation(Deployment deployment) {
        Set<Precision> peaks = deployment.layout().device().flops().keySet();
        return peaks.contains(Precision.FP4) ? 2 : peaks.contains(Precision.FP8) ? 1 : 0;
    }
}
