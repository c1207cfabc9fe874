package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.engine.Steps.playAndCompare;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import smelt.engine.constraint.Constraint;
import smelt.engine.sampling.Sampling;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: guesses change how soon tokens come, and nothing else. */
class SpeculationTest {
    private static final Limits ALONE = new Limits(97, 256, 16, 16, 64, 16);
    private static final Settings PLAIN = Settings.DEFAULT.withSpeculation(Speculation.NONE);
    private static final float INSISTENT = 6;
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong();

    private static EngineLoop loop(Limits limits, Settings settings) {
        return new EngineLoop(
                new RepetitiveRunner(NullRunner.untimed(limits), INSISTENT), LetterDecoder::new, settings, () -> 0);
    }

    private static RecordedEvents alone(Request request) {
        var events = new RecordedEvents();
        EngineLoop loop = loop(ALONE, PLAIN);
        submit(loop, request, events);
        runAll(loop);
        assertThat(loop.metrics().proposedTokens()).isZero();
        return events;
    }

    private static List<Request> menu() {
        var random = new Random(3);
        Sampling penalised = Sampling.GREEDY
                .withRepetitionPenalty(1.3)
                .withFrequencyPenalty(0.2)
                .withPresencePenalty(0.1)
                .withPenaltyWindow(20)
                .withLogitBias(Map.of(3, 1.5f, 5, -9f));
        List<Sampling> samplings =
                List.of(Sampling.GREEDY, Steps.RANDOM, Sampling.DEFAULT, penalised, penalised.withTemperature(1));
        // those that come to an end, or may go on
        List<Constraint> constraints = LetterDecoder.constraints(97).subList(0, 4);
        List<Request> menu = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Request request = Request.of(prompt(1 + random.nextInt(120), i % 6))
                    .withMaxTokens(i % 7 == 0 ? Request.ROOM_LEFT : 1 + random.nextInt(100))
                    .withSampling(samplings.get(i % samplings.size()).withSeed(i))
                    .withChoice(i % 2);
            request = i % 3 == 0 ? request.withLogProbs(2) : i % 11 == 0 ? request.withPromptLogProbs(1) : request;
            request = i % 4 == 0 ? request.withStop(List.of("cdefghabcdefg", "fghc", "hha")) : request;
            request = i % 9 == 0 ? request.withEndIds(Set.of(40, 41, 42)) : request;
            menu.add(i % 5 == 2 ? request.withConstraint(constraints.get(i / 5 % constraints.size())) : request);
        }
        return menu;
    }

    @Test
    void randomSchedulesGiveTheSameEvents() {
        List<Request> menu = menu();
        List<RecordedEvents> expected =
                menu.stream().map(SpeculationTest::alone).toList();
        assertThat(expected.stream().map(RecordedEvents::reason))
                .contains(FinishReason.STOP, FinishReason.END, FinishReason.LENGTH, FinishReason.CONTEXT);
        long accepted = 0;
        long rejected = 0;
        long preempted = 0;
        for (int seed = 0; seed < 200; seed++) {
            Metrics metrics = schedule(seed, menu, expected);
            accepted += metrics.acceptedTokens();
            rejected += metrics.proposedTokens() - metrics.acceptedTokens();
            preempted += metrics.preemptions();
        }
        assertThat(accepted).isGreaterThan(10_000);
        assertThat(rejected).isGreaterThan(5_000);
        assertThat(preempted).isGreaterThan(100);
    }

    private static Metrics schedule(int seed, List<Request> menu, List<RecordedEvents> expected) {
        var random = new Random(seed);
        Limits limits =
                new Limits(97, 256, 16, 16 + random.nextInt(40), 1 + random.nextInt(64), 1 + random.nextInt(24));
        var settings = new Settings(1 + random.nextInt(64), 1 + random.nextInt(12), 1 << 20);
        EngineLoop loop = loop(limits, settings);
        playAndCompare(loop, menu, expected, random, seed);
        return loop.metrics();
    }

    @Test
    void aNextTurnFindsTheBlocksOfRightGuessesOnly() {
        EngineLoop loop = loop(ALONE, Settings.DEFAULT);
        var first = new RecordedEvents();
        submit(loop, Request.of(prompt(20, 1)).withMaxTokens(150), first);
        runAll(loop);
        assertThat(loop.metrics().acceptedTokens()).isPositive();
        assertThat(loop.metrics().acceptedTokens()).isLessThan(loop.metrics().proposedTokens());
        int[] turn = prompt(175, 2);
        System.arraycopy(prompt(20, 1), 0, turn, 0, 20);
        for (int i = 0; i < 150; i++) {
            turn[20 + i] = first.ids().get(i);
        }
        Request next = Request.of(turn).withMaxTokens(30).withLogProbs(2);
        var second = new RecordedEvents();
        submit(loop, next, second);
        runAll(loop);
        assertThat(((Event.Finished) second.all.getLast()).usage().cachedTokens())
                .isEqualTo(160);
        assertThat(second.withoutLast()).isEqualTo(alone(next).withoutLast());
    }

    @Test
    void aConsumerThatCancelsHearsNoMoreGuesses() {
        EngineLoop loop = loop(ALONE, Settings.DEFAULT);
        var events = new RecordedEvents();
        Handle[] handle = new Handle[1];
        handle[0] = submit(loop, Request.of(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2), event -> {
            events.accept(event);
            if (events.ids().size() == 61) {
                handle[0].cancel();
            }
        });
        runAll(loop);
        assertThat(loop.metrics().acceptedTokens()).isPositive();
        assertThat(events.ids()).hasSize(61);
        assertThat(events.reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aRequestMayGoWithoutGuesses() {
        EngineLoop loop = loop(ALONE, Settings.DEFAULT);
        submit(
                loop,
                Request.of(prompt(20, 1)).withMaxTokens(150).withTerms(Terms.DEFAULT.withSpeculation(false)),
                event -> {});
        runAll(loop);
        assertThat(loop.metrics().proposedTokens()).isZero();
        assertThat(loop.metrics().steps()).isGreaterThanOrEqualTo(150);
    }

    /** Nanoseconds for an answer to each of so many users, and what became of guesses. */
    private Metrics timed(Settings settings, float insistence, int users, long step, long row) {
        clock.set(0);
        Limits limits = new Limits(97, 1024, 32, 1024, 512, 64);
        NullRunner model = NullRunner.timed(limits, step, row, clock::addAndGet);
        var loop = new EngineLoop(new RepetitiveRunner(model, insistence), null, settings, clock::get);
        for (int i = 0; i < users; i++) {
            submit(loop, Request.of(prompt(40, i)).withMaxTokens(600), event -> {});
        }
        runAll(loop);
        return loop.metrics();
    }

    @Test
    void repetitionPays() {
        long plain = timed(PLAIN, 100, 1, 2 * MILLI, MILLI / 5).stepNanos();
        Metrics guessing = timed(Settings.DEFAULT, 100, 1, 2 * MILLI, MILLI / 5);
        assertThat((double) plain / guessing.stepNanos()).isGreaterThan(3);
        assertThat(guessing.acceptedShare()).isGreaterThan(0.9);
    }

    @Test
    void whatDoesNotPayCostsLittle() {
        for (float insistence : new float[] {0, 2, 4}) {
            for (long row : new long[] {MILLI / 2, MILLI}) {
                long plain = timed(PLAIN, insistence, 1, MILLI, row).stepNanos();
                long guessing =
                        timed(Settings.DEFAULT, insistence, 1, MILLI, row).stepNanos();
                assertThat((double) guessing / plain)
                        .as("insistence %s, row %s", insistence, row)
                        .isLessThan(1.03);
            }
        }
    }

    @Test
    void aFullMachineTakesNoGuesses() {
        for (int users : new int[] {8, 24}) {
            long plain = timed(PLAIN, INSISTENT, users, MILLI / 8, MILLI).stepNanos();
            Metrics guessing = timed(Settings.DEFAULT, INSISTENT, users, MILLI / 8, MILLI);
            assertThat((double) guessing.stepNanos() / plain).isLessThan(1.03);
            assertThat(guessing.proposedTokens()).isLessThan(guessing.generatedTokens() / 10);
        }
    }

    @Test
    void aTimeoutEndsInTime() {
        Limits limits = new Limits(97, 1024, 32, 1024, 512, 64);
        clock.set(0);
        NullRunner model = NullRunner.timed(limits, MILLI, MILLI / 20, clock::addAndGet);
        var loop = new EngineLoop(new RepetitiveRunner(model, 100), null, Settings.DEFAULT, clock::get);
        var events = new RecordedEvents();
        submit(loop, Request.of(prompt(40, 1)).withTerms(Terms.DEFAULT.withTimeout(Duration.ofMillis(30))), events);
        runAll(loop);
        assertThat(events.reason()).isEqualTo(FinishReason.TIMEOUT);
        assertThat(clock.get()).isLessThan(33 * MILLI);
    }
}
