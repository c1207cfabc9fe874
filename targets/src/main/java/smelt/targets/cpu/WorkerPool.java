package smelt.targets.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Threads that run one compiled step together: {@code void step(void* context, i32 thread, i32 threads)}. The caller of
 * {@link #run} is thread 0. Between steps the others spin for a while and then sleep; so does the caller where they are
 * late.
 *
 * <p>One step runs at a time; calls from several threads take turns.
 */
public final class WorkerPool implements AutoCloseable {
    /** Longer than the gap between two steps of a decode loop; a sleeping worker costs the next step some 50 us. */
    private static final long SPIN_NANOS = 50_000;

    private static final int POLLS_PER_CLOCK_READ = 32;
    /** The caller and the others leave a step together, unless one has lost its core meanwhile. */
    private static final int POLLS_BEFORE_SLEEP = 1_000;

    /** A release is one long: the number of the step, then in these bits how many threads run it. */
    private static final int COUNT_BITS = 16;

    /** The address of the function comes first; the context travels as a plain address. */
    private static final MethodHandle STEP = Linker.nativeLinker()
            .downcallHandle(
                    FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static final VarHandle EPOCHS = MethodHandles.arrayElementVarHandle(long[].class);
    /** Two cache lines of longs: neighbours are prefetched in pairs. */
    private static final int STRIDE = 16;

    private final int threads;
    private final List<Worker> workers = new ArrayList<>();
    /** Slot 1: the last release; slot 1 + i: the last release whose step worker i finished. */
    private final long[] epochs;

    private long epoch;
    private volatile @Nullable Thread waiter;
    // Written before slot 1 of the epochs is, read after it.
    private @Nullable MemorySegment step;
    private long context;
    private boolean closed;
    private @Nullable Thread checkedCaller;

    private WorkerPool(int threads) {
        this.threads = threads;
        this.epochs = new long[STRIDE * (threads + 2)];
    }

    /**
     * Starts {@code threads - 1} daemon threads.
     *
     * @throws Failure INVALID_ARGUMENT below 1 and above 65,535; OUT_OF_RESOURCES where the system gives no more
     *     threads; UNSUPPORTED where their floating-point mode is not the default one
     */
    public static WorkerPool start(int threads) {
        if (threads < 1 || threads >= 1 << COUNT_BITS) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, threads + " threads cannot run a step");
        }
        WorkerPool pool = new WorkerPool(threads);
        try {
            for (int i = 1; i < threads; i++) {
                Worker worker = pool.new Worker(i);
                worker.start();
                pool.workers.add(worker);
            }
            pool.run(null, 0, threads);
            return pool;
        } catch (OutOfMemoryError e) {
            pool.close();
            throw Failure.of(FailureCode.OUT_OF_RESOURCES, "The system gives no " + threads + " threads")
                    .withNextStep("take fewer --threads, or raise the limit of processes (ulimit -u)")
                    .withCause(e);
        } catch (Failure e) {
            pool.close();
            throw e;
        }
    }

    public int threads() {
        return threads;
    }

    /**
     * Runs the function at address {@code step} on all threads and returns when all are done.
     *
     * @param context passed to the function; must stay allocated until this returns
     * @throws Failure INTERNAL where a thread could not call it
     */
    public void run(long step, MemorySegment context) {
        run(step, context, threads);
    }

    /** The same on the first {@code count} threads; the others sleep. */
    public void run(long step, MemorySegment context, int count) {
        try {
            run(MemorySegment.ofAddress(step), context.address(), Math.clamp(count, 1, threads));
        } finally {
            Reference.reachabilityFence(context);
        }
    }

    private synchronized void run(@Nullable MemorySegment function, long context, int count) {
        if (closed) {
            throw Failure.of(FailureCode.INTERNAL, "A step was started after its threads ended");
        }
        if (checkedCaller != Thread.currentThread()) {
            FloatMode.check();
            checkedCaller = Thread.currentThread();
        }
        this.step = function;
        this.context = context;
        release(count);
        Throwable failed = call(0, count);
        for (Worker worker : workers.subList(0, count - 1)) {
            worker.awaitDone(epoch);
            failed = failed == null ? worker.failed : failed;
        }
        if (failed instanceof Failure failure) {
            throw failure;
        }
        if (failed != null) {
            throw Failure.of(FailureCode.INTERNAL, "A step could not be called: " + failed)
                    .withCause(failed);
        }
    }

    private void release(int count) {
        epoch = (((epoch >> COUNT_BITS) + 1) << COUNT_BITS) | count;
        // Volatile: ordered before the reads of the workers' sleeping flags below.
        EPOCHS.setVolatile(epochs, STRIDE, epoch);
        for (Worker worker : workers.subList(0, count - 1)) {
            if (worker.sleeping) {
                LockSupport.unpark(worker);
            }
        }
    }

    /** How many threads run the step of {@code release}. */
    private static int count(long release) {
        return (int) (release & ((1 << COUNT_BITS) - 1));
    }

    /** Calls a step as one of {@code count} threads, without any of a pool. */
    static void call(long function, MemorySegment context, int index, int count) {
        try {
            STEP.invokeExact(MemorySegment.ofAddress(function), context.address(), index, count);
        } catch (Throwable e) {
            throw new IllegalStateException("a native function could not be called", e);
        }
    }

    /** Calls the step as thread {@code index}; with no step set (the first, empty one) looks at the thread instead. */
    private @Nullable Throwable call(int index, int count) {
        try {
            MemorySegment function = step;
            if (function == null) {
                FloatMode.check();
            } else {
                STEP.invokeExact(function, context, index, count);
            }
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** Ends the threads; waits for them. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        release(threads);
        boolean interrupted = false;
        for (Worker worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker extends Thread {
        private final int index;
        private final int slot;
        private volatile boolean sleeping;
        private @Nullable Throwable failed;

        Worker(int index) {
            super("smelt-worker-" + index);
            this.index = index;
            this.slot = STRIDE * (index + 1);
            setDaemon(true);
        }

        @Override
        public void run() {
            for (long done = 0; ; ) {
                done = awaitStep(done);
                if (closed) {
                    return;
                }
                failed = call(index, count(done));
                // Volatile: ordered before the read of the waiter.
                EPOCHS.setVolatile(epochs, slot, done);
                Thread caller = waiter;
                if (caller != null) {
                    LockSupport.unpark(caller);
                }
            }
        }

        private long released() {
            return (long) EPOCHS.getVolatile(epochs, STRIDE);
        }

        private boolean isMine(long release, long done) {
            return release > done && index < count(release);
        }

        /** The first release after {@code done} that this thread takes part in; once it is left out, it sleeps. */
        private long awaitStep(long done) {
            long start = System.nanoTime();
            boolean leftOut = false;
            while (!leftOut && System.nanoTime() - start < SPIN_NANOS) {
                for (int i = 0; i < POLLS_PER_CLOCK_READ && !leftOut; i++) {
                    long release = released();
                    if (isMine(release, done)) {
                        return release;
                    }
                    leftOut = release > done;
                    Thread.onSpinWait();
                }
            }
            sleeping = true;
            long release = released();
            while (!isMine(release, done)) {
                LockSupport.park(WorkerPool.this);
                // A set interrupt flag would make every later park return at once.
                boolean unused = Thread.interrupted();
                release = released();
            }
            sleeping = false;
            return release;
        }

        private boolean isDone(long wanted) {
            return (long) EPOCHS.getVolatile(epochs, slot) >= wanted;
        }

        void awaitDone(long wanted) {
            for (int i = 0; i < POLLS_BEFORE_SLEEP; i++) {
                if (isDone(wanted)) {
                    return;
                }
                Thread.onSpinWait();
            }
            boolean interrupted = false;
            waiter = Thread.currentThread();
            while (!isDone(wanted)) {
                LockSupport.park(WorkerPool.this);
                interrupted |= Thread.interrupted();
            }
            waiter = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
