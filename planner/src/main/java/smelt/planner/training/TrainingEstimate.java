package smelt.planner.training;

/**
 * What a layout would do.
 *
 * @param computeSeconds of one step of the optimiser
 * @param communicationSeconds of it that arithmetic does not hide
 * @param bubbleSeconds in which stages wait for others
 * @param utilisation share of the devices' dense peak that the model's own arithmetic has (MFU)
 */
public record TrainingEstimate(
        TrainingLayout layout,
        TrainingMemory memory,
        double computeSeconds,
        double communicationSeconds,
        double bubbleSeconds,
        double tokensPerSecond,
        double totalSeconds,
        double utilisation) {
    public double stepSeconds() {
        return computeSeconds + communicationSeconds + bubbleSeconds;
    }
}
