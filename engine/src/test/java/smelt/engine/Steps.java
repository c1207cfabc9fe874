package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import smelt.engine.sampling.Sampling;
import smelt.runtime.StepRunner.Limits;

/** What tests of the loop have in common: steps taken by hand until nothing is left. */
final class Steps {
    static final Sampling RANDOM = Sampling.PLAIN.withSeed(11);

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

    /** Sends requests of the menu at random moments and cancels some; each hears what it hears alone. */
    static void playAndCompare(
            EngineLoop loop, List<Request> menu, List<RecordedEvents> expected, Random random, int seed) {
        List<RecordedEvents> heard = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        List<Integer> dishes = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            int dish = random.nextInt(menu.size());
            var events = new RecordedEvents();
            heard.add(events);
            dishes.add(dish);
            handles.add(submit(loop, menu.get(dish), events));
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                loop.doWork();
            }
            if (random.nextInt(4) == 0) {
                handles.get(random.nextInt(handles.size())).cancel();
            }
        }
        runAll(loop);
        for (int i = 0; i < heard.size(); i++) {
            RecordedEvents alone = expected.get(dishes.get(i));
            List<Event> actual = heard.get(i).withoutLast();
            boolean cancelled = heard.get(i).reason() == FinishReason.CANCELLED;
            assertThat(actual)
                    .as("seed %d, request %d", seed, dishes.get(i))
                    .isEqualTo(cancelled ? alone.all.subList(0, actual.size()) : alone.withoutLast());
            assertThat(cancelled || heard.get(i).reason() == alone.reason()).isTrue();
        }
    }
}
