package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.targets.llvm.LlvmCompiler;
import smelt.targets.llvm.NativeCode;

/** Guards targets/cpu: every thread runs every step once, and the barrier inside a step holds all of them back. */
@Timeout(60)
class WorkerPoolTest {
    /**
     * context: 0: i64 rounds, 8: barrier (ptr), 16: i64 errors, 64 * (1 + t): i64 counter of thread t. In each round a
     * thread counts up, meets the others, sees all counters equal, and meets them again.
     */
    private static final String IR = Barrier.ir(Architecture.host()) + """
        define void @nothing(ptr %context, i32 %thread, i32 %threads) nounwind {
          ret void
        }
        define void @count(ptr %context, i32 %thread, i32 %threads) nounwind {
          %t = zext i32 %thread to i64
          %line = add i64 %t, 1
          %offset = shl i64 %line, 6
          %own = getelementptr i8, ptr %context, i64 %offset
          %old = load i64, ptr %own
          %new = add i64 %old, 1
          store i64 %new, ptr %own
          ret void
        }
        define void @rounds(ptr %context, i32 %thread, i32 %threads) nounwind {
        entry:
          %rounds = load i64, ptr %context
          %bp = getelementptr i8, ptr %context, i64 8
          %barrier = load ptr, ptr %bp
          %errors = getelementptr i8, ptr %context, i64 16
          br label %round
        round:
          %r = phi i64 [ 0, %entry ], [ %r1, %end ]
          call void @count(ptr %context, i32 %thread, i32 %threads)
          call void @smelt_barrier(ptr %barrier, i32 %thread, i32 %threads)
          %r1 = add i64 %r, 1
          br label %check
        check:
          %i = phi i32 [ 1, %round ], [ %i1, %checked ]
          %i64 = zext i32 %i to i64
          %offset = shl i64 %i64, 6
          %theirs = getelementptr i8, ptr %context, i64 %offset
          %seen = load i64, ptr %theirs
          %same = icmp eq i64 %seen, %r1
          br i1 %same, label %checked, label %wrong
        wrong:
          %e = atomicrmw add ptr %errors, i64 1 monotonic
          br label %checked
        checked:
          %i1 = add i32 %i, 1
          %all = icmp ugt i32 %i1, %threads
          br i1 %all, label %meet, label %check
        meet:
          call void @smelt_barrier(ptr %barrier, i32 %thread, i32 %threads)
          br label %end
        end:
          %done = icmp eq i64 %r1, %rounds
          br i1 %done, label %out, label %round
        out:
          ret void
        }
        """;

    private final Arena arena = Arena.ofShared();
    private final NativeCode code = link();

    private static NativeCode link() {
        try (LlvmCompiler llvm = LlvmCompiler.load()) {
            byte[] object = llvm.compileToObject(
                    "workers", IR, CpuFeatures.host().available().getLast().machine());
            return NativeCode.link(List.of(object));
        }
    }

    @BeforeEach
    void open() {
        assertThat(code.sizes()).containsKeys("smelt_barrier", "rounds");
    }

    @AfterEach
    void close() {
        code.close();
        arena.close();
    }

    private MemorySegment context(int threads, long rounds) {
        MemorySegment context = arena.allocate(64L * (threads + 1), 64);
        context.set(ValueLayout.JAVA_LONG, 0, rounds);
        context.set(ValueLayout.ADDRESS, 8, arena.allocate(Barrier.bytes(threads), 64));
        return context;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8, 12})
    void theBarrierHoldsEveryThreadInEveryRound(int threads, TestReporter reporter) {
        int rounds = threads <= 2 ? 100_000 : 2_000;
        MemorySegment context = context(threads, rounds);
        try (WorkerPool pool = WorkerPool.start(threads)) {
            long start = System.nanoTime();
            pool.run(code.address("rounds"), context);
            long nanos = (System.nanoTime() - start) / (2L * rounds);
            reporter.publishEntry("ns per barrier, " + threads + " threads", Long.toString(nanos));
        }
        assertThat(context.get(ValueLayout.JAVA_LONG, 16))
                .as("threads seen out of step")
                .isZero();
        for (int t = 1; t <= threads; t++) {
            assertThat(context.get(ValueLayout.JAVA_LONG, 64L * t)).isEqualTo(rounds);
        }
    }

    @Test
    void everyThreadRunsEveryStepOnceWhetherItSleptOrNot() throws InterruptedException {
        int threads = 4;
        MemorySegment context = context(threads, 0);
        try (WorkerPool pool = WorkerPool.start(threads)) {
            for (int i = 0; i < 2_000; i++) {
                pool.run(code.address("count"), context);
                if (i % 100 == 0) {
                    Thread.sleep(Duration.ofMillis(1));
                }
            }
        }
        for (int t = 1; t <= threads; t++) {
            assertThat(context.get(ValueLayout.JAVA_LONG, 64L * t)).isEqualTo(2_000);
        }
    }

    @Test
    void someThreadsRunAStepWhileTheOthersAreLeftOut() {
        int threads = 4;
        MemorySegment context = context(threads, 0);
        try (WorkerPool pool = WorkerPool.start(threads)) {
            for (int i = 0; i < 3_000; i++) {
                pool.run(code.address("count"), context, 1 + i % threads);
            }
        }
        for (int t = 1; t <= threads; t++) {
            assertThat(context.get(ValueLayout.JAVA_LONG, 64L * t)).isEqualTo(750L * (threads + 1 - t));
        }
    }

    @Test
    void callersTakeTurns() throws Exception {
        MemorySegment context = context(2, 0);
        try (WorkerPool pool = WorkerPool.start(2);
                ExecutorService callers = Executors.newFixedThreadPool(3)) {
            List<? extends Future<?>> all = java.util.stream.IntStream.range(0, 3)
                    .mapToObj(c -> callers.submit(() -> {
                        for (int i = 0; i < 500; i++) {
                            pool.run(code.address("count"), context);
                        }
                    }))
                    .toList();
            for (Future<?> caller : all) {
                caller.get();
            }
        }
        assertThat(context.get(ValueLayout.JAVA_LONG, 64)).isEqualTo(1_500);
        assertThat(context.get(ValueLayout.JAVA_LONG, 128)).isEqualTo(1_500);
    }

    @Test
    void endsItsThreadsAndRefusesLaterSteps() {
        WorkerPool pool = WorkerPool.start(3);
        assertThat(workers()).isEqualTo(2);
        pool.close();
        pool.close();
        assertThat(workers()).isZero();
        assertThatThrownBy(() -> pool.run(code.address("nothing"), arena.allocate(8)))
                .isInstanceOf(Failure.class);
        assertThatThrownBy(() -> WorkerPool.start(0)).isInstanceOf(Failure.class);
    }

    @Test
    void startingAStepCostsMicroseconds(TestReporter reporter) throws InterruptedException {
        MemorySegment context = context(2, 0);
        long nothing = code.address("nothing");
        try (WorkerPool pool = WorkerPool.start(2)) {
            for (int i = 0; i < 20_000; i++) {
                pool.run(nothing, context);
            }
            long hot = Long.MAX_VALUE;
            for (int repeat = 0; repeat < 20; repeat++) {
                long start = System.nanoTime();
                for (int i = 0; i < 100; i++) {
                    pool.run(nothing, context);
                }
                hot = Math.min(hot, (System.nanoTime() - start) / 100);
            }
            long asleep = Long.MAX_VALUE;
            for (int i = 0; i < 30; i++) {
                Thread.sleep(Duration.ofMillis(1));
                long start = System.nanoTime();
                pool.run(nothing, context);
                asleep = Math.min(asleep, System.nanoTime() - start);
            }
            reporter.publishEntry("empty step of 2 threads", hot + " ns hot, " + asleep + " ns from sleep");
            // A hundred times what was measured on an idle machine: this finds a lost wake-up, not a busy neighbour.
            assertThat(hot).isLessThan(300_000);
            assertThat(asleep).isLessThan(6_000_000);
        }
    }

    private static long workers() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        return threads.stream()
                .filter(t -> t.getName().startsWith("smelt-worker-"))
                .count();
    }
}
