package smelt.planner.time;

/**
 * What cannot be read from data sheets. Each has a prior: a median, and the spread of its logarithm over all that is
 * served, then between engines. Seconds, or shares of a figure of the data sheet, or plain factors.
 */
enum Constant {
    /** Share of the memory's rate at which weights are read. */
    WEIGHT_RATE(0.75, 0.3, 0.15),
    KV_RATE(0.6, 0.5, 0.25),
    /** Share of the peak that matrices reach over the rows of a prompt, and over the few rows of a decode step. */
    PROMPT_PEAK(0.45, 0.5, 0.25),
    DECODE_PEAK(0.6, 0.5, 0.25),
    ATTENTION_PEAK(0.3, 0.7, 0.3),
    LAYER_SECONDS(8e-6, 1, 0.5),
    EXPERT_LAYER_SECONDS(10e-6, 1, 0.5),
    STEP_SECONDS(5e-4, 1, 0.7),
    SEQUENCE_SECONDS(5e-6, 1, 0.7),
    /** Of one collective between two devices; grows by the logarithm of their number. */
    COLLECTIVE_SECONDS(6e-6, 0.8, 0.4),
    LINK_RATE(0.4, 0.6, 0.3),
    /** How much more the busiest device reads where experts are spread, for each e-fold of devices. */
    IMBALANCE(0.3, 0.7, 0.3),
    /** Part of the prompts' work that lands in the steps of running answers. */
    PROMPT_SHARE(1, 0.3, 0.2),
    /** Exponent by which memory and arithmetic overlap: 1 not at all, large: wholly. */
    OVERLAP(1.5, 0.4, 1e-4),
    FIRST_SECONDS(0.03, 1, 0.6),
    FIRST_PROMPT(1, 0.5, 0.3),
    FIRST_STEPS(1, 0.7, 0.4),
    /** Part of the wait behind all prompts of the start that the mean of a run still shows. */
    START_BURST(0.05, 1, 0.7),
    PROMPT_QUEUE(0.3, 1, 0.5),
    ROOM_QUEUE(0.5, 0.7, 0.4);

    static final int COUNT = values().length;

    private final double median;
    private final double spread;
    private final double engineSpread;

    Constant(double median, double spread, double engineSpread) {
        this.median = median;
        this.spread = spread;
        this.engineSpread = engineSpread;
    }

    double median() {
        return median;
    }

    double spread() {
        return spread;
    }

    double engineSpread() {
        return engineSpread;
    }

    /** Whether types of numbers differ in it. */
    boolean byPrecision() {
        return this == WEIGHT_RATE || this == PROMPT_PEAK || this == DECODE_PEAK;
    }
}
