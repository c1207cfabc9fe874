package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.ModelGraph.Pooling;
import smelt.runtime.NullRunner;

/** Guards engine/: vectors of texts, on a model whose rows tell which tokens they have seen. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EmbedderTest {
    private static List<int[]> texts() {
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            texts.add(
                    Steps.prompt(i % 8 < 4 ? 1 + i * 37 % 200 : 1 + i % 9, i)); // a step has 64 rows, 16 of them wanted
        }
        return texts;
    }

    private static float[] alone(int[] text, Pooling pooling, boolean normalized) {
        var loop = new EmbedderLoop(WatchedRunner.small(), pooling, 1 << 20);
        CompletableFuture<float[]> result =
                loop.submit(List.of(text), normalized).getFirst();
        runAll(loop);
        return result.join();
    }

    private static void runAll(EmbedderLoop loop) {
        for (int steps = 0; loop.doWork() > 0; steps++) {
            assertThat(steps).isLessThan(10_000);
        }
    }

    @Test
    void aVectorIsTheSameInEveryCrowd() {
        for (Pooling pooling : List.of(Pooling.MEAN, Pooling.FIRST, Pooling.LAST)) {
            var runner = WatchedRunner.small();
            var loop = new EmbedderLoop(runner, pooling, 1 << 20);
            List<CompletableFuture<float[]>> results = loop.submit(texts(), true);
            runAll(loop);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).join()).containsExactly(alone(texts().get(i), pooling, true));
            }
            assertThat(runner.batches).anyMatch(batch -> batch.chunks().size() > 2);
        }
    }

    @Test
    void vectorsHaveLengthOneWhereThatIsWanted() {
        int[] text = Steps.prompt(30, 1);
        float[] plain = alone(text, Pooling.MEAN, false);
        float[] unit = alone(text, Pooling.MEAN, true);
        double squares = 0;
        double ratio = plain[0] / (double) unit[0];
        for (int i = 0; i < unit.length; i++) {
            squares += (double) unit[i] * unit[i];
            assertThat(plain[i] / ratio).isCloseTo(unit[i], within(1e-6));
        }
        assertThat(squares).isCloseTo(1, within(1e-6));
    }

    @Test
    void refusesWhatIsTooLongOrEmptyOrTooMuch() {
        var loop = new EmbedderLoop(WatchedRunner.small(), Pooling.MEAN, 100);
        List<int[]> few = List.of(Steps.prompt(3, 0), Steps.prompt(257, 0));
        assertThatThrownBy(() -> loop.submit(few, true)).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED);
            assertThat(e.what()).contains("Text 1 has 257 tokens, the model takes 256");
        });
        assertThatThrownBy(() -> loop.submit(List.of(new int[0]), true)).hasMessageContaining("no tokens");
        loop.submit(List.of(Steps.prompt(90, 0)), true);
        assertThatThrownBy(() -> loop.submit(List.of(Steps.prompt(11, 0)), true))
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES));
        runAll(loop);
        loop.submit(List.of(Steps.prompt(11, 0)), true);
    }

    @Test
    void aFailedOrCancelledStepEndsItsOwnTextsOnly() {
        var runner = WatchedRunner.small();
        var loop = new EmbedderLoop(runner, Pooling.LAST, 1 << 20);
        runner.failNext = true;
        CompletableFuture<float[]> failed =
                loop.submit(List.of(Steps.prompt(60, 0)), true).getFirst();
        CompletableFuture<float[]> cancelled =
                loop.submit(List.of(Steps.prompt(60, 1)), true).getFirst();
        CompletableFuture<float[]> whole =
                loop.submit(List.of(Steps.prompt(60, 2)), true).getFirst();
        cancelled.cancel(false);
        runAll(loop);
        assertThat(failed).isCompletedExceptionally();
        assertThat(whole.join()).containsExactly(alone(Steps.prompt(60, 2), Pooling.LAST, true));
    }

    @Test
    void aTextThatCannotRunFailsAlone() {
        var runner = new FaultyRunner(WatchedRunner.small(), new Random(3));
        runner.poison = 96;
        var loop = new EmbedderLoop(runner, Pooling.MEAN, 1 << 20);
        List<CompletableFuture<float[]>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(loop.submit(List.of(new int[] {1, i == 3 ? 96 : 2, i}), true)
                    .getFirst());
        }
        runAll(loop);
        for (int i = 0; i < 5; i++) {
            assertThat(results.get(i).isCompletedExceptionally()).isEqualTo(i == 3);
        }
        assertThat(results.getFirst().join()).containsExactly(alone(new int[] {1, 2, 0}, Pooling.MEAN, true));
    }

    @Test
    void drainsWithinItsTime() throws Exception {
        var patient = new Embedder(WatchedRunner.small(), Pooling.MEAN);
        List<CompletableFuture<float[]>> results = patient.submit(texts(), true);
        assertThat(patient.drain(Duration.ofSeconds(20))).isTrue();
        assertThat(results).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThatThrownBy(() -> patient.submit(texts(), true))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CANCELLED));
        var slow = new Embedder(
                NullRunner.timed(WatchedRunner.SMALL, 20_000_000_000L, 0, LockSupport::parkNanos), Pooling.MEAN);
        CompletableFuture<float[]> never = slow.submit(texts(), true).getFirst();
        long begin = System.nanoTime();
        assertThat(slow.drain(Duration.ofMillis(50))).isFalse();
        assertThat(System.nanoTime() - begin).isLessThan(2_000_000_000L);
        assertThat(never).isCompletedExceptionally();
    }

    @Test
    void servesManyThreadsAndClosesItsRunner() throws Exception {
        var runner = WatchedRunner.small();
        try (var embedder = new Embedder(runner, Pooling.MEAN)) {
            List<float[]> vectors = embedder.embed(texts(), true);
            assertThat(vectors.get(7)).containsExactly(alone(texts().get(7), Pooling.MEAN, true));
        }
        assertThat(runner.isClosed()).isTrue();
    }

    @Test
    void aCutKeepsTheSpecialTokensAtTheEnd() {
        int[] ids = {1, 10, 11, 12, 13, 2};
        assertThat(LoadedModel.cut(ids, new int[] {1, 2}, 4)).containsExactly(1, 10, 11, 2);
        assertThat(LoadedModel.cut(ids, new int[] {1}, 4)).containsExactly(1, 10, 11, 12);
        assertThat(LoadedModel.cut(ids, new int[0], 2)).containsExactly(1, 10);
    }
}
