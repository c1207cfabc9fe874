package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.cache.BlockPool;
import smelt.engine.sampling.Sampling;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: steps taken by hand on a model of hashes. */
class EngineLoopTest {
    private static final Sampling RANDOM = Sampling.PLAIN.withSeed(11);

    /** Token 10*n+d is the letter of d, so that texts are easy to read. */
    private static final class Letters implements TextDecoder {
        @Override
        public String push(int id) {
            return String.valueOf((char) ('a' + id % 10));
        }

        @Override
        public String flush() {
            return "";
        }
    }

    private static EngineLoop loop(WatchedRunner runner) {
        return loop(runner, Settings.DEFAULT);
    }

    private static EngineLoop loop(WatchedRunner runner, Settings settings) {
        return new EngineLoop(runner, Letters::new, settings, () -> 0);
    }

    private static void runAll(EngineLoop loop) {
        for (int steps = 0; loop.doWork() > 0; steps++) {
            assertThat(steps).isLessThan(100_000);
        }
        assertIdle(loop);
    }

    private static Handle submit(EngineLoop loop, Request request, Consumer<Event> consumer) {
        return loop.submit(request, List.of(consumer)).getFirst();
    }

    private static void assertIdle(EngineLoop loop) {
        BlockPool pool = loop.scheduler().pool();
        assertThat(pool.available()).isEqualTo(pool.blockCount());
        assertThat(loop.scheduler().runningCount() + loop.scheduler().waitingCount())
                .isZero();
    }

    private static int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (int) Math.floorMod(new Random(salt * 1000L + i).nextLong(), 97L);
        }
        return prompt;
    }

    private static RecordedEvents alone(Request request) {
        var loop = loop(WatchedRunner.small());
        var events = new RecordedEvents();
        submit(loop, request, events);
        runAll(loop);
        return events;
    }

    @Test
    void generatesUntilMaxTokens() {
        RecordedEvents events = alone(Request.of(1, 2, 3).withMaxTokens(5));
        assertThat(events.ids()).hasSize(5);
        assertThat(events.text()).hasSize(5);
        assertThat(events.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(((Event.Finished) events.all.getLast()).usage()).isEqualTo(new Usage(3, 0, 5, 0, 0, 0));
    }

    @Test
    void endsWithAnEndTokenWhichIsTold() {
        List<Integer> ids = alone(Request.of(1, 2, 3).withMaxTokens(30).withSampling(RANDOM))
                .ids();
        RecordedEvents events =
                alone(Request.of(1, 2, 3).withMaxTokens(30).withSampling(RANDOM).withEndIds(Set.of(ids.get(10))));
        assertThat(events.ids()).isEqualTo(ids.subList(0, ids.indexOf(ids.get(10)) + 1));
        assertThat(events.reason()).isEqualTo(FinishReason.END);
    }

    @Test
    void endsBeforeAStopString() {
        Request request = Request.of(1, 2, 3).withMaxTokens(40).withSampling(RANDOM);
        String text = alone(request).text();
        String stop = text.substring(20, 23);
        RecordedEvents events = alone(request.withStop(List.of(stop, "zzz")));
        assertThat(events.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(events.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void keepsTheStopStringWhereWanted() {
        Request request = Request.of(1, 2, 3).withMaxTokens(40).withSampling(RANDOM);
        String text = alone(request).text();
        String stop = text.substring(20, 23);
        RecordedEvents events = alone(request.withStop(List.of(stop)).withStopKept(true));
        assertThat(events.text()).isEqualTo(text.substring(0, text.indexOf(stop) + 3));
        assertThat(events.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void doesNotEndBeforeTheLeastLength() {
        for (Sampling sampling : List.of(RANDOM, Sampling.GREEDY)) {
            Request request = Request.of(1, 2, 3).withMaxTokens(30).withSampling(sampling);
            RecordedEvents free = alone(request);
            Set<Integer> ends = Set.of(free.ids().get(3), 1_000_000);
            RecordedEvents events = alone(request.withEndIds(ends).withMinTokens(20));
            assertThat(events.ids().subList(0, 20)).doesNotContainAnyElementsOf(ends);
            assertThat(events.ids().subList(0, 3)).isEqualTo(free.ids().subList(0, 3));
            String letter = free.text().substring(2, 3);
            RecordedEvents stopped = alone(request.withStop(List.of(letter)).withMinTokens(20));
            assertThat(stopped.text()).startsWith(free.text().substring(0, 20));
            assertThat(stopped.text().indexOf(letter, 20)).isNegative();
        }
        assertThatThrownBy(() -> Request.of(1).withMaxTokens(3).withMinTokens(4))
                .isInstanceOf(Failure.class);
    }

    @Test
    void endsBeforeHalfACharacterWhereItIsCut() {
        var loop = new EngineLoop(WatchedRunner.small(), LetterDecoder::new, Settings.DEFAULT, () -> 0);
        Request request = Request.of(1, 2, 3).withMaxTokens(12).withSampling(RANDOM);
        var cut = new RecordedEvents();
        submit(loop, request, cut);
        runAll(loop);
        assertThat(cut.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(cut.text()).hasSize(12).doesNotContain("!");
        var ended = new RecordedEvents();
        submit(loop, request.withEndIds(Set.of(cut.ids().getLast())), ended);
        runAll(loop);
        assertThat(ended.reason()).isEqualTo(FinishReason.END);
        assertThat(ended.text()).endsWith("!");
    }

    @Test
    void flushesWhatWasHeldBackAtTheEnd() {
        Request request = Request.of(1, 2, 3).withMaxTokens(12).withSampling(RANDOM);
        String text = alone(request).text();
        RecordedEvents events = alone(request.withStop(List.of(text.substring(9) + "zz")));
        assertThat(events.text()).isEqualTo(text);
        assertThat(events.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void tellsAFullContext() {
        RecordedEvents events = alone(Request.of(prompt(250, 1)));
        assertThat(events.ids()).hasSize(6);
        assertThat(events.reason()).isEqualTo(FinishReason.CONTEXT);
        assertThat(events.reason().wire()).isEqualTo("length");
    }

    @Test
    void refusesAPromptThatDoesNotFit() {
        var loop = loop(WatchedRunner.small());
        assertThatThrownBy(() -> submit(loop, Request.of(prompt(256, 1)), event -> {}))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED);
                    assertThat(f.what()).contains("256");
                });
        assertThatThrownBy(() -> submit(loop, Request.of(1, 97), event -> {}))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.what()).contains("97").contains("position 1"));
        assertThatThrownBy(() -> Request.of()).isInstanceOf(Failure.class);
        Sampling bias = Sampling.GREEDY.withLogitBias(Map.of(97, 1f));
        assertThatThrownBy(() -> submit(loop, Request.of(1).withSampling(bias), event -> {}))
                .isInstanceOf(Failure.class);
        var silent = new EngineLoop(WatchedRunner.small(), null, Settings.DEFAULT, () -> 0);
        assertThatThrownBy(() -> submit(silent, Request.of(1).withStop(List.of("x")), event -> {}))
                .isInstanceOf(Failure.class);
        assertIdle(loop);
    }

    @Test
    void aFullQueueAnswersFull() {
        var loop = loop(WatchedRunner.small(), new Settings(64, 4, 100));
        submit(loop, Request.of(prompt(90, 1)).withMaxTokens(1), event -> {});
        assertThatThrownBy(() -> submit(loop, Request.of(prompt(20, 2)).withMaxTokens(1), event -> {}))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES));
        loop.doWork();
        submit(loop, Request.of(prompt(20, 2)).withMaxTokens(1), event -> {});
        runAll(loop);
        submit(loop, Request.of(prompt(200, 2)).withMaxTokens(1), event -> {});
        runAll(loop);
    }

    @Test
    void everySequenceIsTheSameAsAlone() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            Request request = Request.of(prompt(1 + (i * 37) % 200, i % 20))
                    .withMaxTokens(1 + i % 50)
                    .withSampling(i % 2 == 0 ? Sampling.GREEDY : RANDOM.withSeed(i))
                    .withChoice(i % 3);
            requests.add(i % 4 == 0 ? request.withPromptLogProbs(3) : i % 4 == 1 ? request.withLogProbs(2) : request);
        }
        List<List<Event>> expected =
                requests.stream().map(r -> alone(r).withoutLast()).toList();
        var random = new Random(7);
        for (int round = 0; round < 20; round++) {
            int stepTokens = 1 + random.nextInt(64);
            var runner =
                    new WatchedRunner(new Limits(97, 256, 16, 20 + random.nextInt(60), 64, 1 + random.nextInt(40)));
            var loop = loop(runner, new Settings(stepTokens, 1 + random.nextInt(40), 1 << 20));
            List<Integer> order = new ArrayList<>(
                    java.util.stream.IntStream.range(0, requests.size()).boxed().toList());
            Collections.shuffle(order, random);
            List<RecordedEvents> events =
                    requests.stream().map(r -> new RecordedEvents()).toList();
            for (int i : order) {
                submit(loop, requests.get(i), events.get(i));
                for (int steps = random.nextInt(4); steps > 0; steps--) {
                    loop.doWork();
                }
            }
            runAll(loop);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(events.get(i).withoutLast())
                        .as("round %d, request %d", round, i)
                        .isEqualTo(expected.get(i));
            }
            assertThat(runner.batches).allMatch(batch -> batch.rows() <= stepTokens);
        }
    }

    @Test
    void decodesInEveryPassWhileAPromptIsComputedBesideIt() {
        var runner = WatchedRunner.small();
        var loop = loop(runner, new Settings(20, 8, 1 << 20));
        for (int i = 0; i < 3; i++) {
            submit(loop, Request.of(prompt(4, i)).withMaxTokens(30), event -> {});
        }
        loop.doWork();
        loop.doWork();
        var prompt = new RecordedEvents();
        submit(loop, Request.of(prompt(100, 9)).withMaxTokens(3), prompt);
        runner.batches.clear();
        int passes = 0;
        for (; prompt.ids().isEmpty(); passes++) {
            loop.doWork();
        }
        List<StepBatch> chats = runner.batches.stream()
                .filter(batch -> batch.chunks().size() == 3)
                .toList();
        assertThat(chats).hasSize(passes).allMatch(batch -> batch.rows() == 3);
        List<StepBatch> beside = new ArrayList<>(runner.batches);
        beside.removeAll(chats);
        assertThat(beside).hasSizeBetween(5, passes).allMatch(batch -> batch.rows() <= 20);
        assertThat(beside.stream().mapToInt(StepBatch::rows).sum()).isEqualTo(100);
        runAll(loop);
    }

    @Test
    void aSmallPoolIsTheContext() {
        var loop = loop(new WatchedRunner(new Limits(97, 256, 16, 3, 64, 16)));
        assertThat(loop.contextLength()).isEqualTo(48);
        var events = new RecordedEvents();
        submit(loop, Request.of(prompt(40, 1)), events);
        runAll(loop);
        assertThat(events.reason()).isEqualTo(FinishReason.CONTEXT);
        assertThat(events.ids()).hasSize(8);
    }

    @Test
    void cancelsInEveryPhase() {
        for (int stepsBefore = 0; stepsBefore < 14; stepsBefore++) {
            var loop = loop(WatchedRunner.small(), new Settings(16, 1, 1 << 20));
            var events = new RecordedEvents();
            var queued = new RecordedEvents();
            var neighbour = new RecordedEvents();
            Handle handle = submit(loop, Request.of(prompt(100, 1)).withMaxTokens(50), events);
            Handle waiting = submit(loop, Request.of(prompt(10, 2)).withMaxTokens(5), queued);
            Request other = Request.of(prompt(10, 3)).withMaxTokens(5);
            submit(loop, other, neighbour);
            for (int i = 0; i < stepsBefore; i++) {
                loop.doWork();
            }
            handle.cancel();
            waiting.cancel();
            loop.doWork();
            assertThat(events.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(queued.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(handle.isFinished()).isTrue();
            runAll(loop);
            assertThat(neighbour.withoutLast()).isEqualTo(alone(other).withoutLast());
        }
    }

    @Test
    void aConsumerMayCancelItself() {
        var loop = loop(WatchedRunner.small());
        var events = new RecordedEvents();
        Handle[] handle = new Handle[1];
        handle[0] = submit(loop, Request.of(1, 2), event -> {
            events.accept(event);
            if (events.ids().size() == 3) {
                handle[0].cancel();
            }
        });
        runAll(loop);
        assertThat(events.ids()).hasSize(3);
        assertThat(events.reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aConsumerThatThrowsLosesItsOwnRequestOnly() {
        for (int throwAt = 1; throwAt < 8; throwAt++) {
            int fatal = throwAt;
            var loop = loop(WatchedRunner.small());
            var calls = new AtomicInteger();
            Handle handle = submit(loop, Request.of(1, 2, 3).withMaxTokens(6), event -> {
                if (calls.incrementAndGet() == fatal) {
                    throw new AssertionError("on purpose");
                }
            });
            var neighbour = new RecordedEvents();
            Request other = Request.of(prompt(10, 3)).withMaxTokens(5);
            submit(loop, other, neighbour);
            runAll(loop);
            assertThat(calls).hasValue(fatal);
            assertThat(handle.isFinished()).isTrue();
            assertThat(neighbour.withoutLast()).isEqualTo(alone(other).withoutLast());
        }
    }

    @Test
    void oneThatCannotRunFailsAlone() {
        var runner = new FaultyRunner(WatchedRunner.small(), new Random(1));
        runner.poison = 96;
        var loop = new EngineLoop(runner, Letters::new, Settings.DEFAULT, () -> 0);
        List<Request> requests = new ArrayList<>();
        List<RecordedEvents> events = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int[] prompt = Arrays.stream(prompt(20, i)).map(token -> token % 96).toArray();
            prompt[10] = i == 2 ? 96 : 5;
            requests.add(Request.of(prompt).withMaxTokens(4).withSampling(Sampling.GREEDY));
            events.add(new RecordedEvents());
            submit(loop, requests.getLast(), events.getLast());
        }
        runAll(loop);
        assertThat(runner.failed).isGreaterThanOrEqualTo(2);
        for (int i = 0; i < 6; i++) {
            if (i == 2) {
                assertThat(events.get(i).failed().failure().what()).contains("on purpose");
            } else {
                assertThat(events.get(i).withoutLast())
                        .isEqualTo(alone(requests.get(i)).withoutLast());
            }
        }
    }

    @Test
    void aStepThatFailsOnceFailsNobodyInACrowd() {
        var runner = new FaultyRunner(WatchedRunner.small(), new Random(2));
        var loop = new EngineLoop(runner, Letters::new, Settings.DEFAULT, () -> 0);
        Request request = Request.of(prompt(20, 1)).withMaxTokens(12);
        List<RecordedEvents> events = List.of(new RecordedEvents(), new RecordedEvents(), new RecordedEvents());
        loop.submit(request, events);
        for (int step = 0; loop.doWork() > 0; step++) {
            runner.failsNext = step % 3 == 1 && events.getLast().ids().size() < 9;
        }
        assertThat(runner.failed).isGreaterThan(1);
        for (int i = 0; i < 3; i++) {
            assertThat(events.get(i).withoutLast())
                    .isEqualTo(alone(request.withChoice(i)).withoutLast());
        }
        assertIdle(loop);
    }

    @Test
    void aDecoderThatRunsOutOfMemoryFailsItsOwnRequest() {
        List<TextDecoder> decoders =
                new ArrayList<>(List.of(new LetterDecoder(3), new LetterDecoder(), new LetterDecoder(4)));
        var loop = new EngineLoop(WatchedRunner.small(), decoders::removeFirst, Settings.DEFAULT, () -> 0);
        List<RecordedEvents> events = List.of(new RecordedEvents(), new RecordedEvents(), new RecordedEvents());
        loop.submit(Request.of(prompt(20, 1)).withMaxTokens(12), events);
        runAll(loop);
        assertThat(events.get(0).ids()).hasSize(2);
        assertThat(events.get(1).ids()).hasSize(12);
        assertThat(events.get(2).failed().failure().code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
    }

    @Test
    void anEngineThatEndsByAnErrorTellsIt() {
        var loop = loop(WatchedRunner.small());
        List<RecordedEvents> events = List.of(new RecordedEvents(), new RecordedEvents());
        submit(loop, Request.of(1, 2, 3), events.getFirst());
        loop.doWork();
        submit(loop, Request.of(1, 2, 3), events.getLast());
        loop.close(new IllegalStateException("on purpose"));
        for (RecordedEvents heard : events) {
            assertThat(heard.failed().failure().what()).contains("The engine has ended", "on purpose");
        }
        assertThatThrownBy(() -> submit(loop, Request.of(1), event -> {})).hasMessageContaining("on purpose");
    }

    @Test
    void aFailingStepFailsItsOwnSequencesOnly() {
        var runner = WatchedRunner.small();
        var loop = loop(runner);
        var first = new RecordedEvents();
        submit(loop, Request.of(1, 2, 3).withMaxTokens(6), first);
        loop.doWork();
        runner.failNext = true;
        loop.doWork();
        assertThat(first.failed().failure().what()).contains("told to fail");
        assertIdle(loop);
        var second = new RecordedEvents();
        submit(loop, Request.of(1, 2, 3).withMaxTokens(6), second);
        runAll(loop);
        assertThat(second.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void scoresThePromptInChunksOfAnySize() {
        Request request = Request.of(prompt(150, 5)).withMaxTokens(0).withPromptLogProbs(4);
        RecordedEvents expected = alone(request);
        assertThat(expected.all).hasSize(151);
        assertThat(((Event.PromptToken) expected.all.getFirst()).logProbs()).isNull();
        for (int rows : new int[] {1, 2, 7, 64, 200}) {
            for (int logits : new int[] {1, 3, 200}) {
                var loop = loop(new WatchedRunner(new Limits(97, 256, 16, 64, rows, logits)));
                var events = new RecordedEvents();
                submit(loop, request, events);
                runAll(loop);
                assertThat(events.withoutLast()).isEqualTo(expected.withoutLast());
            }
        }
    }

    @Test
    void promptAndGeneratedLogProbsAgree() {
        RecordedEvents generated = alone(Request.of(5).withMaxTokens(30).withLogProbs(3));
        int[] all = new int[31];
        all[0] = 5;
        for (int i = 0; i < 30; i++) {
            all[i + 1] = generated.ids().get(i);
        }
        RecordedEvents scored = alone(Request.of(all).withMaxTokens(0).withPromptLogProbs(3));
        for (int i = 0; i < 30; i++) {
            assertThat(((Event.PromptToken) scored.all.get(i + 1)).logProbs())
                    .isEqualTo(((Event.Token) generated.all.get(i)).logProbs());
        }
    }

    @Test
    void aPromptOfOneTokenIsScoredToo() {
        RecordedEvents events = alone(Request.of(5).withMaxTokens(0).withPromptLogProbs(3));
        assertThat(events.withoutLast()).containsExactly(new Event.PromptToken(0, 5, null));
        assertThat(events.reason()).isEqualTo(FinishReason.LENGTH);
    }
}
