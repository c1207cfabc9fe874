package smelt.engine.guess;

/** The share of guesses that were right, late ones more than early ones. */
final class RightShare {
    /** Guesses that count. */
    private final int memory;

    private double value;
    private int weight;

    /**
     * @param value expected before anything is known
     * @param weight of that, in guesses
     */
    RightShare(double value, int weight, int memory) {
        this.value = value;
        this.weight = weight;
        this.memory = memory;
    }

    double value() {
        return value;
    }

    void learn(boolean right) {
        weight = Math.min(memory, weight + 1);
        value += ((right ? 1 : 0) - value) / weight;
    }
}
