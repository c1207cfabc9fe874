package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static smelt.engine.Steps.prompt;
import static smelt.engine.Steps.runAll;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: whatever happens at whatever moment, nothing is lost, told twice or changed. */
class StormTest {
    /** More for a long night: {@code -Dsmelt.storms=100000}. */
    private static final int STORMS = Integer.getInteger("smelt.storms", 1000);

    private static final Limits ALONE = new Limits(97, 256, 16, 16, 64, 16);

    private final Map<String, List<Event>> expected = new HashMap<>();

    /** One request and what became of it. */
    private static final class Guest {
        final String name;
        final Request request;
        final RecordedEvents events = new RecordedEvents();
        final int throwsAt;
        int heard;

        Guest(String name, Request request, int throwsAt) {
            this.name = name;
            this.request = request;
            this.throwsAt = throwsAt;
        }

        void hear(Event event) {
            events.accept(event);
            if (++heard == throwsAt) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    @Test
    void randomStormsLeaveNothingBehind() {
        List<Request> menu = new ArrayList<>();
        var random = new Random(5);
        for (int i = 0; i < 60; i++) {
            Request request = Request.of(prompt(1 + random.nextInt(200), i % 4))
                    .withMaxTokens(random.nextInt(50))
                    .withSampling(i % 2 == 0 ? Sampling.GREEDY : Steps.RANDOM.withSeed(i));
            menu.add(i % 5 == 0 ? request.withPromptLogProbs(2) : i % 5 == 1 ? request.withLogProbs(1) : request);
        }
        for (int seed = 0; seed < STORMS; seed++) {
            storm(seed, menu);
        }
    }

    private void storm(int seed, List<Request> menu) {
        var random = new Random(seed);
        var clock = new AtomicLong();
        var runner = new WatchedRunner(
                new Limits(97, 256, 16, 16 + random.nextInt(30), 1 + random.nextInt(64), 1 + random.nextInt(16)));
        var settings = new Settings(1 + random.nextInt(64), 1 + random.nextInt(10), 1000);
        var loop = new EngineLoop(runner, null, settings, () -> clock.addAndGet(1000));
        List<Guest> guests = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> come(loop, random, menu, guests, handles);
                case 2 -> cancel(random, handles);
                case 3 -> runner.during = () -> cancel(random, handles);
                case 4 -> runner.during = () -> come(loop, random, menu, guests, handles);
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        runner.interrupt();
                    }
                }
                case 6 -> runner.failNext = random.nextInt(12) == 0;
                default -> {
                    loop.doWork();
                    loop.doWork();
                }
            }
        }
        runner.failNext = false;
        runner.during = () -> {};
        if (random.nextInt(10) == 0) {
            loop.close();
            Steps.assertIdle(loop);
        } else {
            runAll(loop);
        }
        assertThat(handles).as("seed %d", seed).allMatch(Handle::isFinished);
        guests.forEach(guest -> check(guest, seed));
    }

    private static void cancel(Random random, List<Handle> handles) {
        if (!handles.isEmpty() && random.nextBoolean()) {
            handles.get(random.nextInt(handles.size())).cancel();
        }
    }

    private static void come(
            EngineLoop loop, Random random, List<Request> menu, List<Guest> guests, List<Handle> handles) {
        int dish = random.nextInt(menu.size());
        Request request = menu.get(dish)
                .withTerms(new Terms(
                        random.nextInt(2),
                        "key " + random.nextInt(3),
                        random.nextInt(8) == 0 ? Duration.ofNanos(random.nextInt(200_000)) : null));
        List<Guest> party = new ArrayList<>();
        for (int choice = random.nextInt(8) == 0 ? 2 : 0; choice >= 0; choice--) {
            party.add(new Guest(
                    dish + "/" + party.size(),
                    request.withChoice(party.size()),
                    random.nextInt(6) == 0 ? 1 + random.nextInt(30) : 0));
        }
        try {
            handles.addAll(loop.submit(
                    request,
                    party.stream().<Consumer<Event>>map(guest -> guest::hear).toList()));
            guests.addAll(party);
        } catch (Failure full) {
            assertThat(full.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
        }
    }

    /** What it heard is the beginning of what it hears alone, and all of it where it ended by itself. */
    private void check(Guest guest, int seed) {
        List<Event> alone = expected.computeIfAbsent(
                guest.name,
                name -> Steps.alone(guest.request.withTerms(Terms.DEFAULT), ALONE)
                        .withoutLast());
        boolean threw = guest.throwsAt > 0 && guest.heard >= guest.throwsAt;
        assertThat(threw || guest.events.isOver()).as("seed %d", seed).isTrue();
        List<Event> heard = guest.events.isOver() ? guest.events.withoutLast() : guest.events.all;
        assertThat(heard).as("seed %d", seed).isEqualTo(alone.subList(0, heard.size()));
        if (guest.events.isOver()
                && guest.events.all.getLast() instanceof Event.Finished finished
                && finished.reason() == FinishReason.LENGTH) {
            assertThat(heard).as("seed %d", seed).hasSameSizeAs(alone);
        }
    }
}
