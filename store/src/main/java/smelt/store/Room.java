package smelt.store;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Whether a model fits, asked before it is downloaded. */
final class Room {
    /** What a file system should keep free for others, in bytes. */
    private static final long RESERVE = 256L << 20;

    private final LongSupplier memory;
    private final boolean ignoreMemory;

    /** @param memory bytes of this machine, or of the container it runs in; asked before a download only */
    Room(LongSupplier memory, boolean ignoreMemory) {
        this.memory = memory;
        this.ignoreMemory = ignoreMemory;
    }

    static Room ofThisMachine(boolean ignoreMemory) {
        return new Room(Room::memoryOfThisMachine, ignoreMemory);
    }

    private static long memoryOfThisMachine() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getTotalMemorySize();
    }

    /**
     * @param toWrite bytes still to be written below {@code folder}
     * @throws Failure OUT_OF_RESOURCES
     */
    void checkDisk(Path folder, long toWrite, String name) {
        long free = free(folder);
        if (toWrite > free - RESERVE) {
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            name + " needs " + Sizes.text(toWrite) + " on the disk of " + folder + ", where "
                                    + Sizes.text(free) + " are free")
                    .withNextStep("free some space (smelt list shows what models take, smelt rm removes one), or set "
                            + "SMELT_CACHE to a folder on another disk");
        }
    }

    /**
     * @param weights bytes of the model's weights
     * @throws Failure OUT_OF_RESOURCES
     */
    void checkMemory(long weights, String name) {
        if (!ignoreMemory && weights > memory.getAsLong()) {
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            name + " has " + Sizes.text(weights) + " of weights, this machine "
                                    + Sizes.text(memory.getAsLong()) + " of memory")
                    .withNextStep("take a smaller model; smelt pull --force downloads it all the same");
        }
    }

    private static long free(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // not told: the writing itself will fail
        }
    }
}
