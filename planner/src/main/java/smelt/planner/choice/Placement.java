package smelt.planner.choice;

/**
 * What lies in the memory of the host, because the devices have no room for it.
 *
 * @param layers whose weights, or experts, the host has and multiplies
 * @param host for people
 */
public record Placement(Kind kind, int layers, String host) {
    /** What the host computes. */
    public enum Kind {
        NOTHING,
        /** The last layers; the "host" are devices of another kind, as llama.cpp cuts a model. */
        STAGES,
        LAYERS,
        /** Routed experts; attention and all else stay on the device (as KTransformers does). */
        EXPERTS,
        /** Attention over keys and values that the host keeps (as FastDecode does). */
        ATTENTION
    }

    public static final Placement ON_DEVICES = new Placement(Kind.NOTHING, 0, "");

    /** For people; empty where all is on the devices. */
    public String text() {
        return switch (kind) {
            case NOTHING -> "";
            case STAGES, LAYERS -> layers + " layers on " + host;
            case EXPERTS -> "experts of " + layers + " layers on " + host;
            case ATTENTION -> "attention on " + host;
        };
    }
}
