package smelt.engine.hosting;

import java.time.Duration;
import java.util.Optional;
import smelt.engine.ModelInfo;

/**
 * A model that a {@link ModelHost} has or is about to have.
 *
 * @param info empty while it is loaded for the first time
 * @param bytes of native memory: measured, or planned while it is loaded; 0 before that is known
 * @param leases that hold it now
 * @param idle since its last use; zero while it is used
 * @param expiresIn until it may be unloaded; empty while it is used, loaded or pinned
 * @param pinned whether it stays until it is unloaded by name
 */
public record HostedModel(
        String name,
        State state,
        Optional<ModelInfo> info,
        long bytes,
        int leases,
        Duration idle,
        Optional<Duration> expiresIn,
        boolean pinned) {
    /** Where a model is on its way. */
    public enum State {
        LOADING,
        READY,
        UNLOADING
    }
}
