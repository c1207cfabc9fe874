package smelt.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import smelt.base.Failure;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.LimitProbe;
import smelt.targets.cpu.Machine;
import smelt.targets.cpu.MachineLimits;

/** Bytes a second that memory gives, measured while a server has nothing else to do; 0 as long as it is not known. */
final class IdleMemoryRate implements DoubleSupplier {
    /** Larger than caches, and some tenths of a second in all. */
    private static final Duration SWEEP = Duration.ofSeconds(2);

    private static final int SWEEPS = 7;
    /** Of the memory that models leave free, one part is swept. */
    private static final int PARTS = 4;

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Looks without a request after which a server counts as idle: it is not for lack of a request in between. */
    private static final int QUIET_LOOKS = 5;

    private static final int MOST_LOOKS = 600;

    private final int threads;
    private volatile double rate;

    /** @param threads that sweep together, as many as steps have */
    IdleMemoryRate(int threads) {
        this.threads = threads;
    }

    @Override
    public double getAsDouble() {
        return rate;
    }

    /**
     * Begins to measure once there were no requests for some seconds; each time that requests come amid it, which
     * throws it away, it waits for twice as many.
     *
     * @param freeBytes memory that models leave
     * @param openRequests how many requests there are
     * @return ends when the rate is known or cannot be; may be interrupted
     */
    Thread measure(LongSupplier freeBytes, IntSupplier openRequests) {
        return Thread.ofPlatform().daemon().name("smelt-memory-rate").start(() -> {
            try {
                int needed = QUIET_LOOKS;
                boolean possible = true;
                while (rate == 0 && possible) {
                    awaitQuiet(needed, openRequests);
                    possible = sweep(freeBytes.getAsLong(), openRequests);
                    needed = Math.min(2 * needed, MOST_LOOKS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void awaitQuiet(int looks, IntSupplier openRequests) throws InterruptedException {
        for (int quiet = 0; quiet < looks; ) {
            Thread.sleep(LOOK);
            quiet = openRequests.getAsInt() > 0 ? 0 : quiet + 1;
        }
    }

    /** False where it can never be known. */
    private boolean sweep(long freeBytes, IntSupplier openRequests) {
        long bytes = MachineLimits.sweepBytes(Machine.detect(), SWEEP);
        if (bytes > freeBytes / PARTS) {
            return true;
        }
        try (LimitProbe probe = LimitProbe.open(CpuFeatures.host().choose(), threads, bytes)) {
            double[] rates = new double[SWEEPS];
            probe.memoryRead(); // touches the pages
            for (int i = 0; i < SWEEPS; i++) {
                rates[i] = probe.memoryRead();
                if (openRequests.getAsInt() > 0 || Thread.currentThread().isInterrupted()) {
                    return true;
                }
            }
            Arrays.sort(rates);
            rate = rates[SWEEPS / 2] * 1e9;
            return true;
        } catch (Failure e) {
            return false; // this machine has no kernels of its own, or too little memory
        }
    }
}
