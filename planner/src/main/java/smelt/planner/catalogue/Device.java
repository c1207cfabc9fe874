package smelt.planner.catalogue;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One accelerator, or one processor with its memory.
 *
 * @param flops dense, per second, at the precision that is multiplied; none where the device cannot
 * @param memoryBytes that models may use
 * @param memoryBandwidth bytes per second
 * @param links the fastest first
 * @param watts limit of the board or socket
 */
public record Device(
        String name,
        List<String> aliases,
        Kind kind,
        Map<Precision, Figure> flops,
        Figure memoryBytes,
        Figure memoryBandwidth,
        List<Link> links,
        Figure watts) {
    public enum Kind {
        GPU,
        CPU,
        TPU,
        ACCELERATOR,
        /** Processor and accelerator on one memory. */
        SHARED_MEMORY
    }

    public Device {
        aliases = List.copyOf(aliases);
        EnumMap<Precision, Figure> ordered = new EnumMap<>(Precision.class);
        ordered.putAll(flops);
        flops = Collections.unmodifiableMap(ordered); // the same order in every report
        links = List.copyOf(links);
    }
}
