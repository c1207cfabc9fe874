package smelt.planner.time;

/** A closed loop that somebody ran, and the means that were seen. */
public record Measurement(Deployment deployment, Load load, double ttftMillis, double tpotMillis) {
    /** What is measured reaches 0.57 of the peak at most, but for runs that must have found prompts computed. */
    private static final double MOST_OF_PEAK = 0.58;
    /** No engine shares one copy's matrices over more devices: several parts of a deployment, written as one. */
    private static final int MOST_DEVICES = 16;

    /**
     * Whether the deployment can have run that load in that time; where prompts are computed apart, nobody can tell.
     */
    public boolean explained() {
        Work work = Work.of(deployment);
        return deployment.layout().disaggregated()
                || (work.devices() <= MOST_DEVICES && promptShare(work) <= MOST_OF_PEAK);
    }

    /** The part of the loop's time that its prompts alone would take at the data sheet's peak. */
    private double promptShare(Work work) {
        double row = work.denseSeconds()
                + work.expertSeconds()
                + work.promptAttention(load.input() / 2.0) / work.attentionPeak();
        double prompts = (double) load.concurrency() * load.input() * row;
        return 1e3 * prompts / (ttftMillis + load.output() * tpotMillis);
    }
}
