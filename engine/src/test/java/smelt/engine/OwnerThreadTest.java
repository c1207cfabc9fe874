package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards engine/: the thread of a loop ends with its owner, whatever the loop does. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class OwnerThreadTest {
    private static final Duration SOON = Duration.ofMillis(50);

    private final WatchedRunner runner = WatchedRunner.small();
    /** What closed the loop; empty where it was its owner. */
    private final BlockingQueue<Optional<Throwable>> causes = new LinkedBlockingQueue<>();

    private OwnerThread start(IntSupplier work) {
        var loop = new OwnerThread.Loop() {
            @Override
            public int doWork() {
                return work.getAsInt();
            }

            @Override
            public boolean isIdle() {
                return true;
            }

            @Override
            public void refuseNew() {}

            @Override
            public void stopStep() {}

            @Override
            public void close(@Nullable Throwable cause) {
                causes.add(Optional.ofNullable(cause));
            }
        };
        return OwnerThread.start("smelt-test", loop, runner::close, SOON);
    }

    @Test
    void aLoopThatThrowsIsClosedWithItsCause() throws Exception {
        var error = new IllegalStateException("on purpose");
        var reported = new LinkedBlockingQueue<Throwable>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> reported.add(e));
        try {
            OwnerThread thread = start(() -> {
                throw error;
            });
            assertThat(causes.take()).containsSame(error);
            assertThat(reported.take()).isSameAs(error);
            thread.close();
            assertThat(thread.drain(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(runner.isClosed()).isTrue();
    }

    @Test
    void workThatBlocksIsInterrupted() {
        var reached = new CountDownLatch(1);
        OwnerThread thread = start(() -> {
            reached.countDown();
            try {
                Thread.sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1;
        });
        await(reached);
        thread.close();
        assertThat(runner.isClosed()).isTrue();
        assertThat(causes.poll()).isEmpty();
    }

    @Test
    void workThatNeverEndsIsToldAndWaitedForNoLonger() {
        var reached = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        OwnerThread thread = start(() -> {
            reached.countDown();
            spinUntil(released);
            return 1;
        });
        await(reached);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> thread.drain(SOON)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
            assertThat(failure.what()).contains("smelt-test", "OwnerThreadTest.spinUntil");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        assertThat(runner.isClosed()).isFalse();
        released.countDown();
        thread.close();
        assertThat(runner.isClosed()).isTrue();
    }

    private static void spinUntil(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Otherwise no sleep would last. */
    @Test
    void anInterruptFlagThatACallbackLeftIsForgotten() throws Exception {
        var passes = new AtomicInteger();
        OwnerThread thread = start(() -> {
            if (passes.incrementAndGet() > 1) {
                return 0;
            }
            Thread.currentThread().interrupt();
            return 1;
        });
        Thread.sleep(100);
        thread.close();
        assertThat(passes.get()).isLessThan(20);
    }

    @Test
    void closingFromItsOwnThreadDoesNotWait() throws Exception {
        var threads = new LinkedBlockingQueue<OwnerThread>();
        threads.add(start(() -> {
            try {
                threads.take().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1;
        }));
        assertThat(causes.take()).isEmpty();
    }
}
