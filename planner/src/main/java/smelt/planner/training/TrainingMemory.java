package smelt.planner.training;

/** Bytes of one device. */
public record TrainingMemory(
        double weights, double gradients, double optimiser, double activations, double reserved, double available) {
    public double needed() {
        return weights + gradients + optimiser + activations + reserved;
    }

    public boolean fits() {
        return needed() <= available;
    }
}
