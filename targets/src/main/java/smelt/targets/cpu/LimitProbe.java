package smelt.targets.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.NativeCode;
import smelt.targets.llvm.ObjectCache;
import smelt.targets.llvm.TargetMachine;

/**
 * Measures limits of this machine at one number of threads, as often as one likes between other work: on a shared host
 * they move within seconds, so what is compared with them is measured in turns with them. Used by one thread at a time.
 */
public final class LimitProbe implements AutoCloseable {
    private static final Duration SLICE = Duration.ofMillis(10);
    private static final int FIRST_ROUNDS = 1000;
    private static final long PAGE = 4096;
    private static final int AGAIN = 5;

    private final Owned owned;
    private final NativeCode code;
    private final NativeMemory data;
    private final NativeMemory context;
    private final Tier tier;
    private final WorkerPool pool;
    private boolean touched;

    private LimitProbe(Tier tier, int threads, long sweepBytes, Owned owned) {
        this.owned = owned;
        this.tier = tier;
        this.code = owned.add(NativeCode.link(List.of(object(tier))), NativeCode::close);
        this.data = owned.allocate(sweepBytes, "measuring memory bandwidth");
        this.context = owned.allocate(64L * (threads + 1), "measuring");
        this.pool = owned.add(WorkerPool.start(threads), WorkerPool::close);
    }

    /**
     * @param threads that measure together
     * @param sweepBytes memory to read, shared by the threads and first touched by the one that reads it; far more than
     *     the caches hold
     */
    public static LimitProbe open(Tier tier, int threads, long sweepBytes) {
        Owned owned = new Owned();
        try {
            return new LimitProbe(tier, threads, sweepBytes, owned);
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    private static byte[] object(Tier tier) {
        String ir = LimitKernels.ir(tier);
        TargetMachine target = tier.machine();
        return ObjectCache.ofUser().getOrCompile(ir, target, () -> {
            try (LlvmCompiler compiler = LlvmCompiler.load()) {
                return compiler.compileToObject("limits", ir, target);
            }
        });
    }

    public int threads() {
        return pool.threads();
    }

    /** Reads all of the memory once: 10^9 bytes a second. */
    public double memoryRead() {
        return memoryRead(pool.threads());
    }

    /** The same on some of the threads. */
    public double memoryRead(int threads) {
        if (!touched) {
            prepare(share(pool.threads()), 1);
            time("touch", pool.threads());
            touched = true;
        }
        prepare(share(threads), 1);
        return (double) share(threads) * threads / time("sweep", threads);
    }

    /**
     * Reads the first {@code bytes}, at most all, over and over: 10^9 bytes a second, which caches help with where they
     * hold them.
     */
    public double memoryReadAgain(long bytes) {
        long each = Math.min(share(pool.threads()), bytes / pool.threads() / PAGE * PAGE);
        memoryRead();
        prepare(each, 1);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < AGAIN; i++) {
            least = Math.min(least, time("sweep", pool.threads()));
        }
        return (double) each * pool.threads() / least;
    }

    /** Bytes for each of {@code threads}. */
    private long share(int threads) {
        return data.segment().byteSize() / threads / PAGE * PAGE;
    }

    /** Dots of bytes for some 10 ms: 10^12 operations a second; 0 where the tier has no such instruction. */
    public double int8() {
        return int8(pool.threads());
    }

    /** The same on some of the threads. */
    public double int8(int threads) {
        long operations = LimitKernels.int8Operations(tier);
        return operations == 0 ? 0 : rate("int8", operations, threads);
    }

    /** Fused multiply-adds for some 10 ms: 10^12 operations a second. */
    public double f32() {
        return rate("fma", LimitKernels.f32Operations(tier), pool.threads());
    }

    /** Dependent additions for some 10 ms: 10^9 a second, which is the clock. */
    public double gigahertz() {
        return rate("clock", LimitKernels.ADDITIONS, pool.threads()) * 1000 / pool.threads();
    }

    /** 10^12 a second of {@code operations} that each thread does in a round. */
    private double rate(String function, long operations, int threads) {
        prepare(0, FIRST_ROUNDS);
        long once = Math.max(1, time(function, threads));
        long rounds = Math.max(FIRST_ROUNDS, FIRST_ROUNDS * SLICE.toNanos() / once);
        prepare(0, rounds);
        return (double) operations * threads * rounds / 1e3 / time(function, threads);
    }

    private void prepare(long bytes, long rounds) {
        MemorySegment segment = context.segment();
        segment.set(ValueLayout.ADDRESS, 0, data.segment());
        segment.set(ValueLayout.JAVA_LONG, 8, bytes);
        segment.set(ValueLayout.JAVA_LONG, 16, rounds);
    }

    private long time(String function, int threads) {
        long address = code.address(function);
        long start = System.nanoTime();
        pool.run(address, context.segment(), threads);
        return Math.max(1, System.nanoTime() - start);
    }

    @Override
    public void close() {
        owned.close();
    }
}
