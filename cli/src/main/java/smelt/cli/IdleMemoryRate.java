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

    private static final Duration PAUSE = Duration.ofSeconds(1);

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
     * Begins to measure in the first moment without requests.
     *
     * @param freeBytes memory that models leave
     * @param openRequests how many requests there are
     * @return ends when the rate is known or cannot be; may be interrupted
     */
    Thread measure(LongSupplier freeBytes, IntSupplier openRequests) {
        return Thread.ofPlatform().daemon().name("smelt-memory-rate").start(() -> {
            try {
                while (rate == 0 && sweep(freeBytes.getAsLong(), openRequests)) {
                    Thread.sleep(PAUSE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** False where it can never be known. */
    private boolean sweep(long freeBytes, IntSupplier openRequests) {
        if (openRequests.getAsInt() > 0) {
            return true;
        }
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
