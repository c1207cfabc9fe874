package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;
import static smelt.engine.Steps.submit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: who comes when, on a null model whose time is modelled. */
class TurnsTest {
    private static final long MILLI = 1_000_000;
    private static final Limits LIMITS = new Limits(97, 16_384, 32, 2048, 512, 64);

    private final AtomicLong clock = new AtomicLong();

    /** A step takes 4 ms and 0.25 ms per row: 4,000 tokens a second at best. */
    private EngineLoop loop(Settings settings) {
        NullRunner runner = NullRunner.timed(LIMITS, 4 * MILLI, MILLI / 4, clock::addAndGet);
        return new EngineLoop(runner, null, settings, clock::get);
    }

    private static Request request(int length, int salt, Terms terms) {
        return Request.of(prompt(length, salt)).withMaxTokens(4).withTerms(terms);
    }

    /** The names of the requests in the order of their first tokens, one running at a time. */
    private List<String> order(EngineLoop loop, List<Request> requests) {
        List<String> order = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            var recorded = new RecordedEvents();
            String name = requests.get(i).terms().key() + i;
            submit(loop, requests.get(i), event -> {
                recorded.accept(event);
                if (recorded.all.size() == 1) {
                    order.add(name);
                }
            });
        }
        runAll(loop);
        return order;
    }

    @Test
    void keysTakeTurnsByTokens() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(request(1000, i, Terms.DEFAULT.withKey("a")));
        }
        requests.add(request(1000, 7, Terms.DEFAULT.withKey("b")));
        requests.add(request(100, 8, Terms.DEFAULT.withKey("c")));
        requests.add(request(100, 9, Terms.DEFAULT.withKey("c")));
        List<String> order = order(loop(new Settings(512, 1, 1 << 20)), requests);
        assertThat(order.indexOf("b6")).isLessThanOrEqualTo(4);
        assertThat(order.indexOf("c8")).isLessThanOrEqualTo(4);
        assertThat(order.stream().filter(name -> name.startsWith("a")))
                .containsExactly("a0", "a1", "a2", "a3", "a4", "a5");
    }

    @Test
    void higherPrioritiesStartFirst() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            requests.add(request(50, i, Terms.DEFAULT.withPriority(i % 3)));
        }
        assertThat(order(loop(new Settings(512, 1, 1 << 20)), requests))
                .containsExactly("2", "5", "8", "1", "4", "7", "0", "3", "6");
    }

    @Test
    void aPassedTimeoutEndsWaitingPromptAndAnswer() {
        var loop = loop(new Settings(64, 1, 1 << 20));
        Terms hasty = Terms.DEFAULT.withTimeout(Duration.ofMillis(100));
        for (int phase = 0; phase < 3; phase++) {
            var other = new RecordedEvents();
            var late = new RecordedEvents();
            if (phase == 0) {
                submit(loop, Request.of(prompt(2000, 1 + phase)).withMaxTokens(1), other);
            }
            submit(loop, Request.of(prompt(phase == 1 ? 3000 : 10, 10 + phase)).withTerms(hasty), late);
            long begin = clock.get();
            while (!late.isOver()) {
                loop.doWork();
            }
            assertThat(late.reason()).as("phase %d", phase).isEqualTo(FinishReason.TIMEOUT);
            assertThat(clock.get() - begin).isBetween(100 * MILLI, 130 * MILLI);
            assertThat(late.ids().isEmpty()).isEqualTo(phase < 2);
            runAll(loop);
        }
    }

    @Test
    void aFullQueueTellsHonestlyWhenToComeAgain() {
        var loop = loop(new Settings(512, 4, 20_000));
        for (int i = 0; i < 20; i++) {
            submit(loop, Request.of(prompt(1000, i)).withMaxTokens(10), event -> {});
        }
        for (int i = 0; i < 10; i++) {
            loop.doWork();
        }
        for (int i = 20; loop.metrics().queuedTokens() + 1000L * (i - 20) < 20_000; i++) {
            submit(loop, Request.of(prompt(1000, i)).withMaxTokens(10), event -> {});
        }
        Request last = Request.of(prompt(1000, 99)).withMaxTokens(10);
        Duration wait = refusedFor(loop, last);
        assertThat(wait).isBetween(Duration.ofMillis(100), Duration.ofSeconds(2));
        long then = clock.get() + 2 * wait.toNanos();
        while (clock.get() < then) {
            loop.doWork();
        }
        submit(loop, last, event -> {});
        runAll(loop);
    }

    private static Duration refusedFor(EngineLoop loop, Request request) {
        Duration[] wait = new Duration[1];
        assertThatThrownBy(() -> submit(loop, request, event -> {})).isInstanceOfSatisfying(Failure.class, f -> {
            assertThat(f.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
            wait[0] = Objects.requireNonNull(f.retryAfter());
        });
        return wait[0];
    }

    @Test
    void aLongPromptSlowsItsNeighboursToHalfAtMost() {
        var loop = loop(new Settings(512, 16, 1 << 20));
        List<Long> gaps = new ArrayList<>();
        long[] last = new long[8];
        for (int i = 0; i < 8; i++) {
            int chat = i;
            submit(loop, Request.of(prompt(64, i)).withMaxTokens(2000), event -> {
                gaps.add(clock.get() - last[chat]);
                last[chat] = clock.get();
            });
        }
        while (loop.metrics().generatedTokens() < 400) {
            loop.doWork();
        }
        // a step of eight takes 6 ms
        gaps.clear();
        var prompt = new RecordedEvents();
        long begin = clock.get();
        submit(loop, Request.of(prompt(8000, 50)).withMaxTokens(1), prompt);
        while (!prompt.isOver()) {
            loop.doWork();
        }
        gaps.sort(null);
        assertThat(gaps.get(gaps.size() * 99 / 100)).isLessThanOrEqualTo(12 * MILLI);
        // alone it would take 2.06 s; its share of each doubled step is nearly half
        assertThat(clock.get() - begin).isLessThan(4700 * MILLI);
        loop.close(null);
    }

    @Test
    void aShortPromptOvertakesALongOne() {
        var loop = loop(new Settings(512, 16, 1 << 20));
        var longOne = new RecordedEvents();
        var shortOne = new RecordedEvents();
        submit(loop, Request.of(prompt(8000, 1)).withMaxTokens(1), longOne);
        loop.doWork();
        submit(loop, Request.of(prompt(50, 2)).withMaxTokens(1), shortOne);
        long begin = clock.get();
        while (!shortOne.isOver()) {
            loop.doWork();
        }
        assertThat(clock.get() - begin).isLessThan(100 * MILLI);
        assertThat(longOne.isOver()).isFalse();
        runAll(loop);
    }

    @Test
    void aStepEndsInTimeWhereSomebodyCouldWaitForIt() {
        NullRunner slow = NullRunner.timed(LIMITS, 4 * MILLI, 2 * MILLI, clock::addAndGet);
        var loop = new EngineLoop(slow, null, Settings.DEFAULT, clock::get);
        submit(loop, Request.of(prompt(3000, 1)).withMaxTokens(30), event -> {});
        submit(loop, Request.of(prompt(3000, 2)).withMaxTokens(30), event -> {});
        long longest = 0;
        while (loop.metrics().running() + loop.metrics().waiting() > 0
                || loop.metrics().steps() == 0) {
            long begin = clock.get();
            boolean shared = loop.metrics().running() != 1;
            loop.doWork();
            longest = shared ? Math.max(longest, clock.get() - begin) : longest;
        }
        assertThat(longest).isLessThan(100 * MILLI);
    }
}
