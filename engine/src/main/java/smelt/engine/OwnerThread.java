package smelt.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** The one thread that works a loop: it sleeps while there is nothing to do, and closes the model when it ends. */
final class OwnerThread {
    /** How long a closer waits for the thread, and once more after it has interrupted it. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Loop loop;
    private final Runnable closer;
    private final Duration patience;
    private final Thread thread;
    /** Nothing is left to do after {@link #draining} began. */
    private final CountDownLatch idle = new CountDownLatch(1);

    private volatile boolean draining;
    private volatile boolean closing;

    /** What the thread does. */
    interface Loop {
        /** Does one step; returns 0 where there was nothing to do. On the thread. */
        int doWork();

        /** Whether nothing is left to do; on the thread. */
        boolean isIdle();

        /** Takes no more; what is there goes on. From any thread. */
        void refuseNew();

        /** Ends the step that runs, and all that follow, as soon as it can; from any thread. */
        void stopStep();

        /**
         * Ends all there is and takes no more.
         *
         * @param cause what {@link #doWork} threw; null where it was closed
         */
        void close(@Nullable Throwable cause);
    }

    private OwnerThread(String name, Loop loop, Runnable closer, Duration patience) {
        this.loop = loop;
        this.closer = closer;
        this.patience = patience;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** @param closer closes the model; the last thing that the thread does */
    static OwnerThread start(String name, Loop loop, Runnable closer) {
        return start(name, loop, closer, PATIENCE);
    }

    static OwnerThread start(String name, Loop loop, Runnable closer, Duration patience) {
        OwnerThread owner = new OwnerThread(name, loop, closer, patience);
        owner.thread.start();
        return owner;
    }

    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /** Whether it does no more, because it was closed or the loop threw, and the model is closed. */
    boolean hasEnded() {
        return !thread.isAlive();
    }

    /** There is something to do. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        @Nullable Throwable cause = null;
        try {
            work();
        } catch (Throwable e) {
            cause = e;
            throw e;
        } finally {
            end(cause);
        }
    }

    private void end(@Nullable Throwable cause) {
        try {
            loop.close(cause);
        } finally {
            closer.run();
            idle.countDown();
        }
    }

    private void work() {
        while (!closing) {
            // a flag that a callback left behind would end every sleep at once, and close files that are looked at
            boolean unused = Thread.interrupted();
            if (loop.doWork() == 0) {
                if (draining && loop.isIdle()) {
                    idle.countDown();
                }
                LockSupport.park(this);
            }
        }
    }

    /**
     * Takes no more, waits until what is there has ended, for {@code time} at most, and closes.
     *
     * @return whether all ended by itself
     * @throws InterruptedException where the caller was interrupted as it waited; nothing is closed then
     */
    boolean drain(Duration time) throws InterruptedException {
        loop.refuseNew();
        draining = true;
        wake();
        boolean forever = time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0;
        boolean ended = idle.await(forever ? Long.MAX_VALUE : time.toNanos(), TimeUnit.NANOSECONDS);
        close();
        return ended;
    }

    /**
     * Ends all there is, and waits until the model is closed. A callback that blocks is interrupted after
     * {@link #PATIENCE}.
     *
     * @throws Failure INTERNAL where it does not end even then: the model is in use for ever
     */
    void close() {
        closing = true;
        loop.stopStep();
        wake();
        if (isCurrent() || join()) {
            return;
        }
        thread.interrupt();
        if (!join()) {
            throw Failure.of(FailureCode.INTERNAL, thread.getName() + " does not end: it is in " + place())
                    .withNextStep("whoever is told of events must not block");
        }
    }

    private String place() {
        StackTraceElement[] stack = thread.getStackTrace();
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                return frame.toString();
            }
        }
        return stack.length == 0 ? "no method" : stack[0].toString();
    }

    /** Whether the thread has ended. */
    private boolean join() {
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (thread.isAlive() && System.nanoTime() - begin < patience.toNanos()) {
            try {
                thread.join(patience);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
