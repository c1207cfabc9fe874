package smelt.planner.training;

/**
 * How training is spread.
 *
 * @param zero what data-parallel copies share: 0 nothing, 1 the optimiser's state, 2 gradients too, 3 weights too
 * @param recompute whether activations inside layers are computed again for the backward pass
 */
public record TrainingLayout(int tensor, int pipeline, int data, int zero, boolean recompute) {
    public int devices() {
        return tensor * pipeline * data;
    }

    /** For people: {@code TP8 DP4 ZeRO-1, activations recomputed}. */
    public String text() {
        String spread = ((tensor > 1 ? "TP" + tensor + " " : "")
                        + (pipeline > 1 ? "PP" + pipeline + " " : "")
                        + (data > 1 ? "DP" + data + (zero > 0 ? " ZeRO-" + zero : "") : ""))
                .strip();
        return (spread.isEmpty() ? "one device" : spread) + (recompute ? ", activations recomputed" : "");
    }
}
