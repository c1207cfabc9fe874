package smelt.targets.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;
import smelt.base.Trace;
import smelt.compiler.Tiling;
import smelt.compiler.llvm.Instructions;
import smelt.compiler.llvm.LlvmEmitter;
import smelt.graph.Attr;
import smelt.graph.Node;
import smelt.targets.BitMover;
import smelt.targets.Target;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.NativeCode;
import smelt.targets.llvm.ObjectCache;
import smelt.targets.llvm.TargetMachine;

/**
 * Kernels as machine code of this processor. A step is one native function that all threads run from end to end: it
 * walks a table of kernels and their arguments, and meets the other threads at a barrier after each.
 */
public final class CpuTarget implements Target {
    /**
     * The table follows the number of the call to end before, the barrier, the rows of the step, a word that is not 0
     * where the step is to be interrupted, and the number of the first call; it tells for each call the least rows that
     * need a barrier after it. Only thread 0 reads that word: it lowers the end to what all have done at the next
     * barrier. A thread that is a call behind reads the end early, and finds it above its own call.
     */
    private static final String STEP = """
            define void @smelt_step(ptr %context, i32 %thread, i32 %threads) nounwind {
              %barrierslot = getelementptr i64, ptr %context, i64 1
              %barrier = load ptr, ptr %barrierslot
              %rowsslot = getelementptr i64, ptr %context, i64 2
              %rows = load i64, ptr %rowsslot
              %interrupt = getelementptr i64, ptr %context, i64 3
              %beginslot = getelementptr i64, ptr %context, i64 4
              %begin = load i64, ptr %beginslot
              %table = getelementptr i64, ptr %context, i64 5
              %first = icmp eq i32 %thread, 0
              br label %next
            next:
              %i = phi i64 [ %begin, %0 ], [ %i1, %after ]
              %count = load atomic i64, ptr %context monotonic, align 8
              %more = icmp ult i64 %i, %count
              br i1 %more, label %call, label %done
            call:
              %index = mul i64 %i, 3
              %entry = getelementptr i64, ptr %table, i64 %index
              %kernel = load ptr, ptr %entry
              %argumentsslot = getelementptr i64, ptr %entry, i64 1
              %arguments = load ptr, ptr %argumentsslot
              call void %kernel(ptr %arguments, i32 %thread, i32 %threads)
              %leastslot = getelementptr i64, ptr %entry, i64 2
              %least = load i64, ptr %leastslot
              %shared = icmp uge i64 %rows, %least
              br i1 %shared, label %meet, label %after
            meet:
              br i1 %first, label %look, label %wait
            look:
              %word = load atomic i64, ptr %interrupt monotonic, align 8
              %goes = icmp eq i64 %word, 0
              br i1 %goes, label %wait, label %leave
            leave:
              %computed = add i64 %i, 1
              store atomic i64 %computed, ptr %context monotonic, align 8
              br label %wait
            wait:
              call void @smelt_barrier(ptr %barrier, i32 %thread, i32 %threads)
              br label %after
            after:
              %i1 = add i64 %i, 1
              br label %next
            done:
              ret void
            }
            """;

    private static final int HEADER_BYTES = 40;
    private static final int INTERRUPT_OFFSET = 24;
    private static final int FIRST_OFFSET = 32;
    private static final int ENTRY_BYTES = 24;
    private static final VarHandle INTERRUPT = ValueLayout.JAVA_LONG.varHandle();
    private static final int EMPTY_RUNS = 10;
    /**
     * Steps of more rows use all threads: their stages last longer than the slices of the system's scheduler, so that a
     * late thread costs little, and equal ones are rare.
     */
    private static final int MOST_CHOSEN_ROWS = 8;

    private final Tier tier;
    private final WorkerPool workers;
    /** Threads of a large step; another number as soon as {@link #useThreads} says so. */
    private volatile int most;
    /** Threads that a small step begins to choose with; 0 where there is no choice. */
    private final int first;
    /** Of the steps of {@link #startTimed} and of the trace. */
    private final @Nullable KernelTimes times;
    /** One for each number of threads: a barrier counts how often each of its threads came. */
    private final NativeMemory barriers;

    private CpuTarget(Tier tier, WorkerPool workers, int most, int first, @Nullable KernelTimes times) {
        this.tier = tier;
        this.workers = workers;
        this.most = most;
        this.first = first;
        this.times = times;
        this.barriers = NativeMemory.allocate(barrierOffset(workers.threads() + 1), "barriers");
    }

    /**
     * Steps of few rows run on as many threads as are fastest just then.
     *
     * @param threads at most; at least 1; of more than the process may use at once, the rest sleep
     * @throws Failure as {@link WorkerPool#start}
     */
    public static CpuTarget start(Tier tier, int threads) {
        WorkerPool workers = WorkerPool.start(threads);
        int most = Math.min(threads, Runtime.getRuntime().availableProcessors());
        return new CpuTarget(tier, workers, most, Math.min(most, Machine.usualThreads()), traced());
    }

    /** The same with all threads in every step, for measurements. */
    public static CpuTarget startFixed(Tier tier, int threads) {
        return new CpuTarget(tier, WorkerPool.start(threads), threads, 0, traced());
    }

    /**
     * Runs the steps after this one on the first {@code count} threads, of those that {@link #startFixed} started; the
     * others sleep.
     */
    public void useThreads(int count) {
        most = Math.clamp(count, 1, threads());
    }

    private static @Nullable KernelTimes traced() {
        return Trace.shows(Trace.TIMES) ? new KernelTimes() : null;
    }

    /** As {@link #startFixed}; {@code times} hears what each kernel takes. */
    public static CpuTarget startTimed(Tier tier, int threads, KernelTimes times) {
        return new CpuTarget(tier, WorkerPool.start(threads), threads, 0, times);
    }

    /** The fastest tier of this machine, or the one that SMELT_TIER names. */
    public static CpuTarget start(int threads) {
        return start(CpuFeatures.host().choose(), threads);
    }

    @Override
    public String description() {
        return "cpu " + tier.text() + ", " + threads() + (threads() == 1 ? " thread" : " threads");
    }

    @Override
    public int threads() {
        return workers.threads();
    }

    @Override
    public Tiling tiling() {
        return tiling(tier);
    }

    /** By the vector registers of {@code tier}: a row takes two of 512 bits, four of 256, eight of 128. */
    public static Tiling tiling(Tier tier) {
        return switch (tier) {
            case AVX512, VNNI -> new Tiling(12, false);
            case AMX -> new Tiling(12, true);
            case NEON, DOTPROD, I8MM -> new Tiling(3, false);
            case AVX2, AVX_VNNI, RVV -> new Tiling(2, false);
        };
    }

    /** What the emitter may use on {@code tier}. */
    public static Instructions instructions(Tier tier) {
        return switch (tier) {
            case AVX2 -> new Instructions(Instructions.Dot.MADD_256, Instructions.Table.PSHUFB_256, false);
            case AVX_VNNI -> new Instructions(Instructions.Dot.VNNI_256, Instructions.Table.PSHUFB_256, false);
            case AVX512 -> new Instructions(Instructions.Dot.MADD_512, Instructions.Table.PSHUFB_512, false);
            case VNNI -> new Instructions(Instructions.Dot.VNNI_512, Instructions.Table.PSHUFB_512, false);
            case AMX -> new Instructions(Instructions.Dot.VNNI_512, Instructions.Table.PSHUFB_512, true);
            case NEON -> new Instructions(Instructions.Dot.PLAIN, Instructions.Table.TBL, false);
            case DOTPROD -> new Instructions(Instructions.Dot.SDOT, Instructions.Table.TBL, false);
            case I8MM -> new Instructions(Instructions.Dot.USDOT, Instructions.Table.TBL, false);
            case RVV -> new Instructions(Instructions.Dot.PLAIN, Instructions.Table.PLAIN, false);
        };
    }

    @Override
    public Step prepare(List<Invocation> calls, List<MemorySegment> memory) {
        Map<Node, String> symbols = new LinkedHashMap<>();
        for (Invocation call : calls) {
            symbols.computeIfAbsent(call.kernel(), kernel -> "k" + symbols.size() + "_" + name(kernel));
        }
        NativeCode code = NativeCode.link(compile(symbols));
        NativeMemory table =
                NativeMemory.allocate(HEADER_BYTES + (long) ENTRY_BYTES * calls.size(), "the step's table");
        MemorySegment segment = table.segment();
        for (int i = 0; i < calls.size(); i++) {
            Invocation call = calls.get(i);
            long entry = HEADER_BYTES + (long) ENTRY_BYTES * i;
            segment.set(ValueLayout.JAVA_LONG, entry, code.address(Objects.requireNonNull(symbols.get(call.kernel()))));
            segment.set(ValueLayout.JAVA_LONG, entry + 8, call.arguments());
            segment.set(ValueLayout.JAVA_LONG, entry + 16, call.repeated() ? 2 : 1);
        }
        NativeStep step = new NativeStep(code, table, calls.size());
        return times == null ? step : new TimedStep(calls, table, step, times);
    }

    @Override
    public Optional<BitMover> mover() {
        return Optional.of(NativeMover.link(tier));
    }

    /** Of the barrier for {@code threads} in the barriers' memory. */
    private static long barrierOffset(int threads) {
        long offset = 0;
        for (int fewer = 1; fewer < threads; fewer++) {
            offset += Barrier.bytes(fewer);
        }
        return offset;
    }

    /** Some calls of a table, on so many rows. */
    private record Calls(int first, int end, int rows) {}

    /** Runs the {@code calls} of {@code table} on {@code count} threads; returns whether all of them. */
    private boolean run(long entry, MemorySegment table, Calls calls, int count, boolean quiet) {
        MemorySegment barrier = barriers.segment().asSlice(barrierOffset(count), Barrier.bytes(count));
        Barrier.setPatient(barrier, quiet);
        table.set(ValueLayout.JAVA_LONG, 8, barrier.address());
        table.set(ValueLayout.JAVA_LONG, 16, calls.rows());
        table.set(ValueLayout.JAVA_LONG, FIRST_OFFSET, calls.first());
        table.set(ValueLayout.JAVA_LONG, 0, calls.end());
        workers.run(entry, table, count);
        INTERRUPT.setVolatile(table, INTERRUPT_OFFSET, 0L);
        return table.get(ValueLayout.JAVA_LONG, 0) == calls.end();
    }

    private static String name(Node kernel) {
        return kernel.attr(Attr.Text.class).value();
    }

    private List<byte[]> compile(Map<Node, String> symbols) {
        List<Supplier<String>> modules = new ArrayList<>();
        modules.add(() -> Barrier.ir(tier.architecture()) + STEP);
        Instructions instructions = instructions(tier);
        symbols.forEach((kernel, symbol) -> modules.add(() -> LlvmEmitter.emit(kernel, symbol, instructions)));
        TargetMachine machine = tier.machine();
        ObjectCache cache = ObjectCache.ofUser();
        try (LlvmCompiler compiler = LlvmCompiler.load();
                ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads()))) {
            List<Future<byte[]>> objects = modules.stream()
                    .map(module -> pool.submit(() -> {
                        String ir = module.get();
                        return cache.getOrCompile(ir, machine, () -> compiler.compileToObject("kernel", ir, machine));
                    }))
                    .toList();
            List<byte[]> result = new ArrayList<>();
            for (Future<byte[]> object : objects) {
                result.add(await(object));
            }
            return result;
        }
    }

    private static byte[] await(Future<byte[]> object) {
        try {
            return object.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, "Interrupted while compiling")
                    .withCause(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw Failure.of(FailureCode.INTERNAL, "A kernel did not compile").withCause(e);
        }
    }

    /**
     * Runs one call at a time and keeps the time of each kernel. What it takes to release the threads and to wait for
     * them, which the step as a whole does once, is measured with no call at all and taken off each.
     */
    private final class TimedStep implements Step {
        private final List<Invocation> calls;
        private final NativeMemory table;
        private final NativeStep whole;
        private final NativeMemory one = NativeMemory.allocate(HEADER_BYTES + ENTRY_BYTES, "a call's table");
        private final NativeMemory none = NativeMemory.allocate(HEADER_BYTES, "no call's table");
        private final KernelTimes times;

        TimedStep(List<Invocation> calls, NativeMemory table, NativeStep whole, KernelTimes times) {
            this.times = times;
            this.calls = calls;
            this.table = table;
            this.whole = whole;
        }

        @Override
        public boolean run(int rows) {
            return run(rows, 0, calls.size());
        }

        @Override
        public boolean run(int rows, int begin, int end) {
            if (times.isPaused()) {
                return whole.run(rows, begin, end);
            }
            long release = release(rows);
            for (int i = begin; i < end; i++) {
                long entry = HEADER_BYTES + (long) ENTRY_BYTES * i;
                MemorySegment.copy(table.segment(), entry, one.segment(), HEADER_BYTES, ENTRY_BYTES);
                times.add(calls.get(i), Math.max(0, time(one.segment(), 1, rows) - release));
                if (whole.takeInterrupt()) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void interrupt() {
            whole.interrupt();
        }

        /** Nanoseconds of the fastest of some runs of nothing. */
        private long release(int rows) {
            return IntStream.range(0, EMPTY_RUNS)
                    .mapToLong(run -> time(none.segment(), 0, rows))
                    .min()
                    .orElse(0);
        }

        private long time(MemorySegment segment, int count, int rows) {
            long start = System.nanoTime();
            CpuTarget.this.run(whole.entry, segment, new Calls(0, count, rows), most, false);
            return System.nanoTime() - start;
        }

        @Override
        public void close() {
            times.print();
            none.close();
            one.close();
            whole.close();
        }
    }

    private final class NativeStep implements Step {
        private final NativeCode code;
        private final NativeMemory table;
        private final int calls;
        private final long entry;
        private boolean closed;
        /** By rows. */
        private final ThreadChoice[] choices = new ThreadChoice[MOST_CHOSEN_ROWS + 1];

        NativeStep(NativeCode code, NativeMemory table, int calls) {
            this.calls = calls;
            this.code = code;
            this.table = table;
            this.entry = code.address("smelt_step");
            Arrays.setAll(choices, rows -> new ThreadChoice(most, first));
        }

        @Override
        public boolean run(int rows, int begin, int end) {
            return CpuTarget.this.run(entry, table.segment(), new Calls(begin, end, rows), most, false);
        }

        @Override
        public boolean run(int rows) {
            if (first == 0 || rows > MOST_CHOSEN_ROWS) {
                return run(rows, 0, calls);
            }
            ThreadChoice choice = choices[rows];
            long start = System.nanoTime();
            Calls all = new Calls(0, calls, rows);
            boolean whole = CpuTarget.this.run(entry, table.segment(), all, choice.threads(), choice.isQuiet());
            if (whole) {
                choice.took(System.nanoTime() - start);
            }
            return whole;
        }

        @Override
        public synchronized void interrupt() {
            if (!closed) {
                INTERRUPT.setVolatile(table.segment(), INTERRUPT_OFFSET, 1L);
            }
        }

        boolean takeInterrupt() {
            return (long) INTERRUPT.getAndSet(table.segment(), INTERRUPT_OFFSET, 0L) != 0;
        }

        @Override
        public synchronized void close() {
            closed = true;
            code.close();
            table.close();
        }
    }

    @Override
    public void close() {
        workers.close();
        barriers.close();
    }
}
