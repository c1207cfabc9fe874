package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.sampling.LogProbs;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: the thread around the loop. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EngineTest {
    private static Engine engine(WatchedRunner runner) {
        return new Engine(runner, null, Settings.DEFAULT);
    }

    @Test
    void servesRequestsOfManyThreads() throws Exception {
        var runner = WatchedRunner.small();
        try (Engine engine = engine(runner)) {
            List<Thread> threads = new ArrayList<>();
            List<List<Event>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<Event> answer = new ArrayList<>();
                answers.add(answer);
                threads.add(Thread.ofVirtual().start(() -> {
                    var stream = new EventStream();
                    engine.submit(Request.of(3, 4, 5).withMaxTokens(40), stream);
                    try {
                        answer.addAll(stream.completion().events());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (List<Event> answer : answers) {
                assertThat(answer).hasSize(40).isEqualTo(answers.getFirst());
            }
        }
        assertThat(runner.isClosed()).isTrue();
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        var runner = new WatchedRunner(new Limits(97, 1 << 20, 16, 1 << 16, 64, 16));
        var stream = new EventStream();
        Engine engine = engine(runner);
        engine.submit(Request.of(1, 2, 3), stream);
        Event first = stream.take();
        engine.close();
        engine.close();
        assertThat(first).isInstanceOf(Event.Token.class);
        assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThatThrownBy(() -> engine.submit(Request.of(1), event -> {}))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.CANCELLED));
    }

    @Test
    void scores() throws Exception {
        try (Engine engine = engine(WatchedRunner.small())) {
            Score score = new Scorer(engine).score(new int[] {1, 2, 3, 4}, 5);
            assertThat(score.tokens()).extracting(Score.Token::id).containsExactly(1, 2, 3, 4);
            assertThat(score.tokens().getFirst().logProbs()).isNull();
            assertThat(score.next()).hasSize(5);
            double sum = 0;
            for (int i = 1; i < 4; i++) {
                LogProbs logProbs = Objects.requireNonNull(score.tokens().get(i).logProbs());
                assertThat(logProbs.top()).hasSize(5);
                sum += logProbs.logProb();
            }
            assertThat(score.meanNll()).isCloseTo(-sum / 3, within(1e-12));
            assertThat(score.perplexity()).isCloseTo(Math.exp(-sum / 3), within(1e-9));
            assertThat(new Scorer(engine).score(new int[256], 0).next()).isEmpty();
            assertThatThrownBy(() -> new Scorer(engine).score(new int[257], 0)).isInstanceOf(Failure.class);
        }
    }

    @Test
    void drainsWithinItsTime() throws Exception {
        var stream = new EventStream();
        Engine patient = engine(WatchedRunner.small());
        patient.submit(Request.of(1, 2, 3).withMaxTokens(100), stream);
        assertThat(patient.drain(Duration.ofSeconds(20))).isTrue();
        assertThat(stream.completion().events()).hasSize(100);
        Engine hasty = engine(new WatchedRunner(new Limits(97, 1 << 20, 16, 1 << 16, 64, 16)));
        hasty.submit(Request.of(1, 2, 3), stream);
        assertThat(stream.take()).isInstanceOf(Event.Token.class);
        long begin = System.nanoTime();
        assertThat(hasty.drain(Duration.ofMillis(50))).isFalse();
        assertThat(System.nanoTime() - begin).isLessThan(2_000_000_000L);
        assertThat(stream.completion().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(engine(WatchedRunner.small()).drain(Duration.ZERO)).isIn(true, false);
    }

    @Test
    void takesNoMoreWhileItDrains() throws Exception {
        Engine engine = engine(new WatchedRunner(new Limits(97, 1 << 20, 16, 1 << 16, 64, 16)));
        var stream = new EventStream();
        Handle handle = engine.submit(Request.of(1, 2, 3), stream);
        Thread draining = Thread.ofVirtual().start(() -> {
            try {
                engine.drain(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Failure refused = null;
        while (refused == null) {
            try {
                engine.submit(Request.of(1).withMaxTokens(1), event -> {});
            } catch (Failure e) {
                refused = e;
            }
        }
        assertThat(refused.code()).isEqualTo(FailureCode.UNAVAILABLE);
        handle.cancel();
        draining.join();
        assertThat(engine.metrics().blocksUsed()).isZero();
    }

    /** With steps of real time: the prompt alone would take 16 s. */
    @Test
    void cancellingFreesEverythingInTime() throws Exception {
        var limits = new Limits(97, 40_000, 16, 4000, 512, 16);
        NullRunner runner = NullRunner.timed(limits, 4_000_000, 400_000, LockSupport::parkNanos);
        try (Engine engine = new Engine(runner, null, Settings.DEFAULT)) {
            for (int waitMillis : new int[] {0, 50, 300}) {
                EventStream prompt = new EventStream();
                EventStream other = new EventStream();
                Handle first = engine.submit(Request.of(new int[100]), other);
                Handle second = engine.submit(Request.of(new int[39_000]), prompt);
                Thread.sleep(waitMillis);
                long begin = System.nanoTime();
                first.cancel();
                second.cancel();
                assertThat(prompt.completion().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(other.completion().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat((System.nanoTime() - begin) / 1_000_000).isLessThan(100);
                while (engine.metrics().blocksUsed() > 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
