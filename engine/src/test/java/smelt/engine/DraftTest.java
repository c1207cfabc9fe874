package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.engine.Steps.playAndCompare;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.sampling.Sampling;
import smelt.runtime.KvBlocks;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: a draft model changes how soon tokens come, and nothing else, however good or bad it is. */
class DraftTest {
    private static final Limits LIMITS = new Limits(97, 1024, 16, 512, 256, 64);
    private static final Settings PLAIN = Settings.DEFAULT.withSpeculation(Speculation.NONE);
    private static final Settings DRAFT = Settings.DEFAULT.withSpeculation(Speculation.DRAFT);
    private static final Settings BOTH = Settings.DEFAULT.withSpeculation(Speculation.BOTH);
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong();

    private NullRunner model(Limits limits, long nanosPerStep, long nanosPerRow) {
        return NullRunner.timed(limits, nanosPerStep, nanosPerRow, clock::addAndGet);
    }

    private EngineLoop loop(StepRunner model, @Nullable StepRunner draft, Settings settings) {
        return new EngineLoop(model, draft, null, settings, clock::get);
    }

    /** Says what the null model says, but for some tokens. */
    private record Mistaken(StepRunner model, int outOf, Random random) implements WrappedRunner {
        @Override
        public Logits run(StepBatch batch) {
            return mistaken(model.run(batch));
        }

        @Override
        public @Nullable Logits proceed(long nanos) {
            Logits logits = model.proceed(nanos);
            return logits == null ? null : mistaken(logits);
        }

        private Logits mistaken(Logits logits) {
            for (int i = 0; i < logits.count(); i++) {
                if (random.nextInt(outOf) == 0) {
                    logits.row(i).setAtIndex(ValueLayout.JAVA_FLOAT, random.nextInt(90), 50);
                }
            }
            return logits;
        }
    }

    private static List<Request> menu() {
        var random = new Random(5);
        List<Request> menu = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Sampling sampling = i % 3 == 0 ? Steps.RANDOM.withSeed(i) : Sampling.GREEDY;
            Request request = Request.of(prompt(1 + random.nextInt(120), i % 6))
                    .withMaxTokens(1 + random.nextInt(100))
                    .withSampling(sampling);
            menu.add(i % 4 == 0 ? request.withLogProbs(2) : i % 7 == 0 ? request.withPromptLogProbs(1) : request);
        }
        return menu;
    }

    private RecordedEvents alone(Request request) {
        var events = new RecordedEvents();
        EngineLoop loop = loop(NullRunner.untimed(LIMITS), null, PLAIN);
        submit(loop, request, events);
        runAll(loop);
        return events;
    }

    @Test
    void randomSchedulesGiveTheSameEvents() {
        List<Request> menu = menu();
        List<RecordedEvents> expected = menu.stream().map(this::alone).toList();
        long accepted = 0;
        long rejected = 0;
        long preempted = 0;
        for (int seed = 0; seed < 150; seed++) {
            Metrics metrics = schedule(seed, menu, expected);
            accepted += metrics.drafts().accepted();
            rejected += metrics.drafts().proposed() - metrics.drafts().accepted();
            preempted += metrics.preemptions();
        }
        assertThat(accepted).isGreaterThan(5_000);
        assertThat(rejected).isGreaterThan(2_000);
        assertThat(preempted).isGreaterThan(50);
    }

    private Metrics schedule(int seed, List<Request> menu, List<RecordedEvents> expected) {
        var random = new Random(seed);
        int positions = 8 << random.nextInt(3);
        Limits limits =
                new Limits(97, 256, 16, 16 + random.nextInt(40), 1 + random.nextInt(64), 1 + random.nextInt(24));
        Limits small =
                new Limits(97, 100 + random.nextInt(200), positions, 8 + random.nextInt(90), 1 + random.nextInt(64), 4);
        StepRunner draft = new Mistaken(model(small, MILLI / 10, 1000), 1 + random.nextInt(20), random);
        var settings = new Settings(1 + random.nextInt(64), 1 + random.nextInt(12), 1 << 20)
                .withSpeculation(random.nextBoolean() ? Speculation.DRAFT : Speculation.BOTH);
        EngineLoop loop = loop(model(limits, 5 * MILLI, 1000), draft, settings);
        playAndCompare(loop, menu, expected, random, seed);
        return loop.metrics();
    }

    /** What an answer to each of so many users takes, and what became of guesses. */
    private Metrics timed(StepRunner model, @Nullable StepRunner draft, Settings settings, int users, Sampling how) {
        clock.set(0);
        EngineLoop loop = loop(model, draft, settings);
        for (int i = 0; i < users; i++) {
            submit(loop, Request.of(prompt(40, i)).withMaxTokens(600).withSampling(how), event -> {});
        }
        runAll(loop);
        return loop.metrics();
    }

    private static long nanos(Metrics metrics) {
        return metrics.stepNanos() + metrics.draftNanos();
    }

    @Test
    void aCheapDraftThatIsRightPays() {
        long plain = nanos(timed(model(LIMITS, 10 * MILLI, MILLI / 5), null, PLAIN, 1, Sampling.GREEDY));
        Metrics drafted = timed(
                model(LIMITS, 10 * MILLI, MILLI / 5), model(LIMITS, MILLI, MILLI / 50), DRAFT, 1, Sampling.GREEDY);
        assertThat((double) plain / nanos(drafted)).isGreaterThan(3);
        assertThat(drafted.drafts().accepted()).isGreaterThan(450);
        assertThat(drafted.drafts().accepted()).isGreaterThan(drafted.drafts().proposed() * 9 / 10);
        assertThat(drafted.savedNanos()).isCloseTo(plain - nanos(drafted), Percentage.withPercentage(10));
        assertThat(drafted.ownNanos()).isZero();
    }

    @Test
    void itGuessesForManyInCommonSteps() {
        long plain = nanos(timed(model(LIMITS, 10 * MILLI, MILLI / 50), null, PLAIN, 4, Sampling.GREEDY));
        Metrics drafted = timed(
                model(LIMITS, 10 * MILLI, MILLI / 50), model(LIMITS, MILLI, MILLI / 50), DRAFT, 4, Sampling.GREEDY);
        assertThat((double) plain / nanos(drafted)).isGreaterThan(2);
    }

    @Test
    void whatDoesNotPayCostsLittle() {
        for (long step : new long[] {MILLI / 2, MILLI, 2 * MILLI}) {
            for (Sampling how : List.of(Sampling.GREEDY, Steps.RANDOM)) {
                for (int users : new int[] {1, 3, 12}) {
                    long plain = nanos(timed(model(LIMITS, MILLI, MILLI / 10), null, PLAIN, users, how));
                    // right at temperature 0, but as slow as the model itself; hardly ever right at temperature 1
                    Metrics drafted =
                            timed(model(LIMITS, MILLI, MILLI / 10), model(LIMITS, step, MILLI / 10), BOTH, users, how);
                    assertThat((double) nanos(drafted) / plain)
                            .as("draft step %s, %s, %s users", step, how, users)
                            .isLessThan(1.03);
                }
            }
        }
    }

    @Test
    void aDraftThatIsAlwaysWrongIsLeftAlone() {
        long plain = nanos(timed(model(LIMITS, MILLI, MILLI / 10), null, PLAIN, 1, Sampling.GREEDY));
        Metrics drafted = timed(
                model(LIMITS, MILLI, MILLI / 10),
                new Mistaken(model(LIMITS, MILLI / 10, MILLI / 100), 1, new Random(1)),
                DRAFT,
                1,
                Sampling.GREEDY);
        assertThat((double) nanos(drafted) / plain).isLessThan(1.03);
        assertThat(drafted.drafts().proposed()).isPositive();
    }

    @Test
    void aDraftThatFailsGuessesNoMore() {
        var failing = new StepRunner() {
            private final NullRunner model = model(LIMITS, MILLI / 10, 0);
            private int steps;

            @Override
            public Limits limits() {
                return model.limits();
            }

            @Override
            public KvBlocks blocks() {
                return model.blocks();
            }

            @Override
            public Logits run(StepBatch batch) {
                if (++steps >= 20) {
                    throw Failure.of(FailureCode.OUT_OF_RESOURCES, "the draft model was told to fail");
                }
                return model.run(batch);
            }

            @Override
            public void close() {
                model.close();
            }
        };
        EngineLoop loop = loop(model(LIMITS, MILLI, 0), failing, DRAFT);
        Request request = Request.of(prompt(40, 1)).withMaxTokens(300).withLogProbs(1);
        var events = new RecordedEvents();
        submit(loop, request, events);
        runAll(loop);
        assertThat(failing.steps).isEqualTo(20);
        assertThat(events.withoutLast()).isEqualTo(alone(request).withoutLast());
    }

    @Test
    void theEngineClosesBoth() {
        NullRunner model = NullRunner.untimed(LIMITS);
        NullRunner draft = NullRunner.untimed(LIMITS);
        new Engine(model, draft, null, BOTH).close();
        assertThat(model.isClosed()).isTrue();
        assertThat(draft.isClosed()).isTrue();
    }
}
