package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import smelt.runtime.StepRunner.Limits;

/** What tests of the loop have in common: steps taken by hand until nothing is left. */
final class Steps {
    static final Sampling RANDOM = new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, 11, Map.of());

    private Steps() {}

    static EngineLoop loop(WatchedRunner runner, Settings settings) {
        return new EngineLoop(runner, null, settings, () -> 0);
    }

    static Handle submit(EngineLoop loop, Request request, Consumer<Event> consumer) {
        return loop.submit(request, List.of(consumer)).getFirst();
    }

    static void runAll(EngineLoop loop) {
        for (int steps = 0; loop.doWork() > 0; steps++) {
            assertThat(steps).isLessThan(1_000_000);
        }
        assertIdle(loop);
    }

    /** Nothing runs or waits, and no block is held. */
    static void assertIdle(EngineLoop loop) {
        Metrics metrics = loop.metrics();
        assertThat(metrics.running() + metrics.waiting()).isZero();
        assertThat(metrics.queuedTokens()).isZero();
        assertThat(metrics.blocksUsed()).isZero();
    }

    /** Random tokens that are a function of the salt; a longer prompt of the same salt goes on where a shorter ends. */
    static int[] prompt(int length, int salt) {
        return new Random(salt).ints(length, 0, 97).toArray();
    }

    /** What the request gets from an engine of its own. */
    static RecordedEvents alone(Request request, Limits limits) {
        var loop = loop(new WatchedRunner(limits), Settings.DEFAULT.withSpeculation(Speculation.NONE));
        var events = new RecordedEvents();
        submit(loop, request, events);
        runAll(loop);
        return events;
    }
}
