package smelt.models;

import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph.Pooling;

/** How a file says that its rows become one vector. */
final class Poolings {
    /** Where a reader that looks into the folder of the pooling layer puts what it finds. */
    private static final String FOLDER = "1_Pooling.";

    private Poolings() {}

    /**
     * By llama.cpp's numbers in GGUF, by the sentence-transformers folder's own file elsewhere; empty where neither
     * says anything.
     */
    static Optional<Pooling> of(Config config) {
        int number = config.isGguf() ? config.countOrZero("pooling_type", "") : 0;
        return switch (number) {
            case 0 -> ofFolder(config);
            case 1 -> Optional.of(Pooling.MEAN);
            case 2 -> Optional.of(Pooling.FIRST);
            case 3 -> Optional.of(Pooling.LAST);
            case 4 -> Optional.of(Pooling.RANK);
            default -> throw Failure.of(FailureCode.UNSUPPORTED, "Pooling type " + number + " is not known");
        };
    }

    private static Optional<Pooling> ofFolder(Config config) {
        if (config.flag("", FOLDER + "pooling_mode_cls_token", false)) {
            return Optional.of(Pooling.FIRST);
        }
        if (config.flag("", FOLDER + "pooling_mode_lasttoken", false)) {
            return Optional.of(Pooling.LAST);
        }
        boolean mean = config.flag("", FOLDER + "pooling_mode_mean_tokens", false);
        return mean ? Optional.of(Pooling.MEAN) : Optional.empty();
    }
}
