package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.runtime.KvBlocks;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: nobody waits for a long step that nobody wants, or that can wait for them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InterruptionTest {
    private static final Limits LIMITS = new Limits(97, 40_000, 16, 4000, 512, 16);
    private static final long MILLI = 1_000_000;

    /** Of a prompt 500 rows a second, and at least so long a step, in real time. */
    private static NullRunner slow(long millisPerStep) {
        return NullRunner.timed(LIMITS, millisPerStep * MILLI, 2 * MILLI, LockSupport::parkNanos);
    }

    private static void assertFreed(Engine engine, long sinceNanos) {
        while (engine.metrics().blocksUsed() > 0) {
            assertThat(System.nanoTime() - sinceNanos).isLessThan(150 * MILLI);
            Thread.onSpinWait();
        }
    }

    @Test
    void cancellingEndsALongStepOfAPrompt() throws Exception {
        try (Engine engine = new Engine(slow(0), null, Settings.DEFAULT)) {
            for (int waitMillis : new int[] {0, 30, 400}) {
                var stream = new EventStream();
                Handle handle = engine.submit(Request.of(new int[39_000]), stream);
                Thread.sleep(waitMillis);
                long begin = System.nanoTime();
                handle.cancel();
                assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(System.nanoTime() - begin).isLessThan(100 * MILLI);
                assertFreed(engine, begin);
            }
        }
    }

    @Test
    void cancellingEndsALongStepOfSeveralThatGenerate() throws Exception {
        try (Engine engine = new Engine(slow(300), null, Settings.DEFAULT)) {
            List<EventStream> streams = List.of(new EventStream(), new EventStream());
            List<Handle> handles = engine.submit(Request.of(1, 2, 3), streams);
            streams.getLast().take();
            Thread.sleep(20);
            long begin = System.nanoTime();
            handles.forEach(Handle::cancel);
            for (EventStream stream : streams) {
                assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
            }
            assertThat(System.nanoTime() - begin).isLessThan(100 * MILLI);
            assertFreed(engine, begin);
        }
    }

    @Test
    void closingEndsALongStep() throws Exception {
        Engine engine = new Engine(slow(1000), null, Settings.DEFAULT);
        var stream = new EventStream();
        engine.submit(Request.of(1, 2, 3), stream);
        Thread.sleep(20);
        long begin = System.nanoTime();
        engine.close();
        assertThat(System.nanoTime() - begin).isLessThan(100 * MILLI);
        assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
    }

    /** A step of the prompt takes a second, one of the newcomer's 2 ms; then they share steps. */
    @Test
    void newcomersNeedNotWaitForALongStep() throws Exception {
        try (Engine engine = new Engine(slow(0), null, Settings.DEFAULT)) {
            Handle first = engine.submit(Request.of(new int[39_000]), new EventStream());
            Thread.sleep(100);
            long begin = System.nanoTime();
            var stream = new EventStream();
            engine.submit(Request.of(1).withMaxTokens(1), stream);
            stream.completion();
            assertThat(System.nanoTime() - begin).isLessThan(120 * MILLI);
            first.cancel();
        }
    }

    @Test
    void aDeadlineDoesNotWaitForALongStep() throws Exception {
        try (Engine engine = new Engine(slow(0), null, Settings.DEFAULT)) {
            var stream = new EventStream();
            long begin = System.nanoTime();
            engine.submit(
                    Request.of(new int[39_000]).withTerms(Terms.DEFAULT.withTimeout(Duration.ofMillis(700))), stream);
            assertThat(stream.completion().reason()).isEqualTo(FinishReason.TIMEOUT);
            assertThat(System.nanoTime() - begin).isBetween(700 * MILLI, 800 * MILLI);
        }
    }

    /** On a clock of the test: in each step of the prompt somebody comes who leaves at once. */
    @Test
    void thoseWhoComeAndGoDoNotHoldUpAPrompt() {
        var clock = new AtomicLong();
        var loops = new ArrayList<EngineLoop>();
        NullRunner runner = NullRunner.timed(LIMITS, 0, 2 * MILLI, nanos -> {
            clock.addAndGet(nanos);
            if (clock.get() % (20 * MILLI) < nanos) {
                Steps.submit(loops.getFirst(), Request.of(1).withMaxTokens(1), event -> {})
                        .cancel();
            }
        });
        var loop = new EngineLoop(runner, null, Settings.DEFAULT, clock::get);
        loops.add(loop);
        var events = new RecordedEvents();
        Steps.submit(loop, Request.of(new int[20_000]).withMaxTokens(1), events);
        Steps.runAll(loop);
        assertThat(events.isOver()).isTrue();
        assertThat(clock.get()).isBetween(40_000 * MILLI, 48_000 * MILLI);
    }

    @Test
    void anInterruptedStepIsRunAgainAndChangesNothing() {
        Request request = Request.of(Steps.prompt(150, 3)).withMaxTokens(20).withLogProbs(2);
        var runner = WatchedRunner.small();
        var loop = Steps.loop(runner, Settings.DEFAULT);
        var events = new RecordedEvents();
        Steps.submit(loop, request, events);
        int interrupted = 0;
        for (int pass = 0; loop.metrics().steps() == 0 || loop.metrics().running() > 0; pass++) {
            if (pass % 3 != 0) {
                runner.interrupt();
                interrupted++;
            }
            loop.doWork();
        }
        assertThat(interrupted).isGreaterThan(40);
        assertThat(loop.metrics().interruptions()).isEqualTo(interrupted);
        assertThat(events.withoutLast())
                .isEqualTo(Steps.alone(request, WatchedRunner.SMALL).withoutLast());
        Steps.assertIdle(loop);
    }

    @Test
    void aRunnerThatDoesNotListenIsWaitedFor() throws Exception {
        StepRunner deaf = new StepRunner() {
            private final NullRunner runner = slow(0);

            @Override
            public Limits limits() {
                return runner.limits();
            }

            @Override
            public Logits run(StepBatch batch) {
                return runner.run(batch);
            }

            @Override
            public KvBlocks blocks() {
                return runner.blocks();
            }

            @Override
            public void close() {
                runner.close();
            }
        };
        try (Engine engine = new Engine(deaf, null, Settings.DEFAULT)) {
            var stream = new EventStream();
            Handle handle = engine.submit(Request.of(new int[100]), stream);
            Thread.sleep(50);
            handle.cancel();
            assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }
}
