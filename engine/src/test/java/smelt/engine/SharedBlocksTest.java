package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static smelt.engine.Steps.alone;
import static smelt.engine.Steps.loop;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.sampling.Sampling;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: prefixes that are found again, sequences that give way, answers that share their prompt. */
class SharedBlocksTest {
    /** Room for one long sequence. */
    private static final Limits LIMITS = new Limits(97, 640, 16, 40, 64, 16);

    private static Usage run(EngineLoop loop, Request request) {
        var events = new RecordedEvents();
        submit(loop, request, events);
        runAll(loop);
        assertThat(events.withoutLast()).isEqualTo(alone(request, LIMITS).withoutLast());
        return ((Event.Finished) events.all.getLast()).usage();
    }

    private static int[] joined(int[] first, List<Integer> second, int[] third) {
        return IntStream.concat(
                        IntStream.concat(Arrays.stream(first), second.stream().mapToInt(Integer::intValue)),
                        Arrays.stream(third))
                .toArray();
    }

    @Test
    void aPrefixIsFoundInWholeBlocksUpToTheLastToken() {
        var loop = loop(new WatchedRunner(LIMITS), Settings.DEFAULT);
        assertThat(run(loop, Request.of(prompt(100, 1)).withMaxTokens(3)).cachedTokens())
                .isZero();
        assertThat(run(loop, Request.of(prompt(100, 1)).withMaxTokens(3)).cachedTokens())
                .isEqualTo(96);
        assertThat(run(loop, Request.of(prompt(97, 1)).withMaxTokens(3)).cachedTokens())
                .isEqualTo(96);
        assertThat(run(loop, Request.of(prompt(96, 1)).withMaxTokens(3)).cachedTokens())
                .isEqualTo(80);
        assertThat(run(loop, Request.of(prompt(100, 2)).withMaxTokens(3)).cachedTokens())
                .isZero();
        int[] other = prompt(100, 1);
        other[40]++;
        assertThat(run(loop, Request.of(other).withMaxTokens(3)).cachedTokens()).isEqualTo(32);
        assertThat(loop.metrics().cachedTokens()).isEqualTo(96 + 96 + 80 + 32);
    }

    @Test
    void theNextTurnOfAChatFindsPromptAndAnswer() {
        var runner = new WatchedRunner(LIMITS);
        var loop = loop(runner, Settings.DEFAULT);
        int[] chat = prompt(70, 1);
        for (int turn = 0; turn < 6; turn++) {
            var events = new RecordedEvents();
            submit(loop, Request.of(chat).withMaxTokens(40), events);
            runner.batches.clear();
            runAll(loop);
            int known = ((Event.Finished) events.all.getLast()).usage().cachedTokens();
            int before = turn == 0 ? 0 : 70 + (turn - 1) * 50 + 39;
            assertThat(known).as("turn %d", turn).isEqualTo(before / 16 * 16);
            chat = joined(chat, events.ids(), prompt(10, 100 + turn));
        }
    }

    @Test
    void aScoredPromptIsComputed() {
        var loop = loop(new WatchedRunner(LIMITS), Settings.DEFAULT);
        run(loop, Request.of(prompt(100, 1)).withMaxTokens(3));
        Usage usage = run(loop, Request.of(prompt(100, 1)).withMaxTokens(3).withPromptLogProbs(2));
        assertThat(usage.cachedTokens()).isZero();
    }

    @Test
    void leavesThatWereUnusedLongestGoFirst() {
        var loop = loop(new WatchedRunner(LIMITS), Settings.DEFAULT);
        Request first = Request.of(prompt(160, 1)).withMaxTokens(1);
        Request second = Request.of(prompt(160, 2)).withMaxTokens(1);
        run(loop, first);
        run(loop, second);
        run(loop, first);
        // 40 blocks; 20 are cached and 30 needed: the second prompt goes, the end of it first
        run(loop, Request.of(prompt(400, 3)).withMaxTokens(1));
        assertThat(run(loop, Request.of(prompt(160, 2)).withMaxTokens(0)).cachedTokens())
                .isLessThan(144);
        assertThat(loop.metrics().blocksCached()).isLessThanOrEqualTo(40);
    }

    @Test
    void severalAnswersComputeTheirPromptOnce() {
        var runner = new WatchedRunner(LIMITS);
        var loop = loop(runner, Settings.DEFAULT);
        Request request = Request.of(prompt(200, 1)).withMaxTokens(20).withSampling(Steps.RANDOM);
        List<RecordedEvents> answers =
                IntStream.range(0, 5).mapToObj(i -> new RecordedEvents()).toList();
        assertThat(loop.submit(request, answers)).hasSize(5);
        runAll(loop);
        for (int i = 0; i < 5; i++) {
            assertThat(answers.get(i).withoutLast())
                    .isEqualTo(alone(request.withChoice(i), LIMITS).withoutLast());
        }
        int rows = runner.batches.stream().mapToInt(b -> b.rows()).sum();
        assertThat(rows).isEqualTo(200 + 4 * 8 + 5 * 19);
        assertThat(answers.stream().map(RecordedEvents::ids).distinct()).hasSize(5);
    }

    @Test
    void theYoungestGivesWayAndItsAnswerIsTheSame() {
        var loop = loop(new WatchedRunner(LIMITS), Settings.DEFAULT);
        List<Request> requests = new ArrayList<>();
        List<RecordedEvents> events = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            requests.add(Request.of(prompt(60, i)).withMaxTokens(200).withSampling(Steps.RANDOM.withSeed(i)));
            events.add(new RecordedEvents());
            submit(loop, requests.getLast(), events.getLast());
        }
        runAll(loop);
        assertThat(loop.metrics().preemptions()).isPositive();
        for (int i = 0; i < 9; i++) {
            assertThat(events.get(i).withoutLast())
                    .isEqualTo(alone(requests.get(i), LIMITS).withoutLast());
            assertThat(events.get(i).reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void theImportantOneGivesWayLast() {
        var loop = loop(new WatchedRunner(LIMITS), Settings.DEFAULT);
        var early = new RecordedEvents();
        var late = new RecordedEvents();
        submit(loop, Request.of(prompt(300, 1)).withMaxTokens(300), early);
        loop.doWork();
        submit(loop, Request.of(prompt(200, 2)).withMaxTokens(400).withTerms(Terms.DEFAULT.withPriority(1)), late);
        while (!late.isOver()) {
            assertThat(loop.doWork()).isPositive();
        }
        assertThat(early.isOver()).isFalse();
        assertThat(loop.metrics().preemptions()).isEqualTo(1);
        runAll(loop);
        assertThat(early.ids()).hasSize(300);
    }

    @Test
    void whatTheCacheCannotHoldIsRefusedWithNumbers() {
        var loop = loop(new WatchedRunner(new Limits(97, 4096, 16, 40, 64, 16)), Settings.DEFAULT);
        assertThatThrownBy(() -> submit(loop, Request.of(prompt(640, 1)), event -> {}))
                .isInstanceOfSatisfying(Failure.class, f -> {
                    assertThat(f.code()).isEqualTo(FailureCode.LIMIT_EXCEEDED);
                    assertThat(f.what()).contains("640", "cache");
                });
    }

    /** 33 sequences of all kinds, with common beginnings, in any order, with blocks for a few of them only. */
    @Test
    void everySequenceIsTheSameAsAlone() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            Request request = Request.of(prompt(1 + (i * 71) % 480, i % 5))
                    .withMaxTokens(1 + i * 23 % 150)
                    .withSampling(i % 2 == 0 ? Sampling.GREEDY : Steps.RANDOM.withSeed(i))
                    .withChoice(i % 3)
                    .withTerms(new Terms(i % 7 == 0 ? 1 : 0, "key " + i % 4, null));
            requests.add(i % 4 == 0 ? request.withPromptLogProbs(3) : i % 4 == 1 ? request.withLogProbs(2) : request);
        }
        List<List<Event>> expected =
                requests.stream().map(r -> alone(r, LIMITS).withoutLast()).toList();
        long preemptions = 0;
        long hits = 0;
        for (int round = 0; round < 40; round++) {
            var random = new Random(round);
            int budget = new int[] {1, 16, 64, 256, 2048}[round % 5];
            int blocks = 40 + random.nextInt(60);
            var limits = new Limits(97, 640, 16, blocks, Math.max(16, budget), 1 + random.nextInt(40));
            var loop = loop(new WatchedRunner(limits), new Settings(budget, 1 + random.nextInt(40), 1 << 20));
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
            Collections.shuffle(order, random);
            List<RecordedEvents> events =
                    requests.stream().map(r -> new RecordedEvents()).toList();
            for (int i : order) {
                submit(loop, requests.get(i), events.get(i));
                for (int steps = random.nextInt(6); steps > 0; steps--) {
                    loop.doWork();
                }
            }
            runAll(loop);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(events.get(i).withoutLast())
                        .as("round %d, request %d", round, i)
                        .isEqualTo(expected.get(i));
            }
            preemptions += loop.metrics().preemptions();
            hits += loop.metrics().cachedTokens();
        }
        assertThat(preemptions).isGreaterThan(100);
        assertThat(hits).isGreaterThan(10_000);
    }
}
