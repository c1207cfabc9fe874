package smelt.cli;

import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import smelt.formats.ModelFile;

/**
 * What running a model takes, in bytes.
 *
 * @param context positions reckoned with
 * @param keyValuePerToken keys and values of one position, as f16
 * @param total weights and keys and values of the whole context
 * @param machine what this machine, or the container, has
 */
record MemoryNeed(
        long weights,
        OptionalLong context,
        OptionalLong keyValuePerToken,
        OptionalLong keyValue,
        long total,
        long machine,
        boolean fits) {
    private static final int F16_BYTES = 2;

    /** @param wanted positions; empty: the model's own context */
    static MemoryNeed of(ModelFile file, Hyperparameters of, OptionalLong wanted) {
        long weights = ModelReport.bytes(file.tensors().values());
        OptionalLong context = wanted.isPresent() ? wanted : of.contextLength();
        OptionalLong elements = of.keyValueElements();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long machine = system.getTotalMemorySize();
        if (context.isEmpty() || elements.isEmpty()) {
            return new MemoryNeed(
                    weights, context, OptionalLong.empty(), OptionalLong.empty(), weights, machine, weights < machine);
        }
        double perToken = (double) elements.getAsLong() * F16_BYTES;
        double all = perToken * context.getAsLong();
        double total = all + weights;
        return new MemoryNeed(
                weights,
                context,
                OptionalLong.of((long) perToken),
                OptionalLong.of((long) all),
                (long) total,
                machine,
                total < machine);
    }
}
