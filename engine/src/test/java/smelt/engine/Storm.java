package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Guest.Whim;
import smelt.engine.cache.BlockOwner;
import smelt.engine.cache.SnapshotProgress;
import smelt.engine.cache.SnapshotReader;
import smelt.engine.cache.SnapshotWriter;
import smelt.runtime.StepRunner;

/** One random schedule of an engine that is stepped by hand on a clock of its own: a function of its seed alone. */
final class Storm {
    private static final int ACTIONS = 80;
    private static final int TICK = 1000;

    private final Menu menu;
    private final Path file;
    private final Consumer<String> log;
    private final Random random;
    private final FaultyRunner runner;
    private final @Nullable StepRunner draft;
    private final EngineLoop loop;
    private final List<Guest> guests = new ArrayList<>();
    private final List<Handle> handles = new ArrayList<>();
    private long clock;
    private int decoderFailsAt;
    private long snapshots;

    /** @param file of this storm's snapshots */
    Storm(long seed, Storms.Models models, Menu menu, Path file, Consumer<String> log) {
        this.menu = menu;
        this.file = file;
        this.log = log;
        random = new Random(seed);
        runner = new FaultyRunner(models.open(random), random);
        if (random.nextInt(8) == 0) {
            runner.poison = random.nextInt(runner.limits().vocabulary());
        }
        var settings = new Settings(
                1 + random.nextInt(64),
                1 + random.nextInt(10),
                1000,
                Speculation.values()[random.nextInt(Speculation.values().length)]);
        draft = models.draft(random);
        loop = new EngineLoop(runner, draft, () -> new LetterDecoder(decoderFailsAt), settings, () -> clock += TICK);
        log.accept(runner.limits() + ", " + settings + ", poison " + runner.poison);
    }

    Storms.Outcome run() {
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        runner.calm();
        int end = random.nextInt(20);
        if (end == 0) {
            log.accept("ends by an error");
            loop.close(new OutOfMemoryError("on purpose"));
        } else if (end < 3) {
            log.accept("closes");
            loop.close(null);
            Steps.assertIdle(loop);
        } else {
            Steps.runAll(loop);
        }
        check(end == 0, end < 3);
        runner.close();
        if (draft != null) {
            draft.close();
        }
        Metrics metrics = loop.metrics();
        return new Storms.Outcome(
                guests.size(),
                guests.stream().filter(Storm::isWhole).count(),
                guests.stream().filter(Guest::failed).count(),
                runner.failed,
                metrics.preemptions(),
                metrics.interruptions(),
                metrics.acceptedTokens(),
                snapshots);
    }

    private static boolean isWhole(Guest guest) {
        return guest.events.isOver()
                && guest.events.all.getLast() instanceof Event.Finished finished
                && finished.reason() != FinishReason.CANCELLED
                && finished.reason() != FinishReason.TIMEOUT;
    }

    private void act() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> come();
            case 3 -> cancelAny();
            case 4 -> runner.during = this::cancelAny;
            case 5 -> runner.during = this::come;
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    log.accept("interrupts");
                    runner.interrupt();
                }
            }
            case 7 -> fail();
            case 8 -> {
                if (random.nextInt(40) == 0) {
                    snapshot();
                }
            }
            default -> {
                int steps = 1 + random.nextInt(4);
                log.accept(steps + " steps");
                for (int i = 0; i < steps; i++) {
                    loop.doWork();
                }
            }
        }
    }

    private void fail() {
        switch (random.nextInt(24)) {
            case 0, 1 -> runner.failsNext = true;
            case 2 -> runner.goneSteps = random.nextInt(8);
            case 3 -> runner.failsCopy = true;
            default -> {
                return;
            }
        }
        log.accept("will fail: next step " + runner.failsNext + ", file gone for " + runner.goneSteps + " steps, copy "
                + runner.failsCopy);
    }

    private void cancelAny() {
        if (!handles.isEmpty() && random.nextBoolean()) {
            cancel(random.nextInt(handles.size()));
        }
    }

    private void cancel(int index) {
        log.accept("cancels request " + index);
        guests.get(index).cancelled = true;
        handles.get(index).cancel();
    }

    private void come() {
        if (guests.size() > ACTIONS) { // who come may bring others
            return;
        }
        int number = random.nextInt(menu.size());
        Terms terms = new Terms(
                random.nextInt(2),
                "key " + random.nextInt(3),
                random.nextInt(8) == 0 ? Duration.ofNanos((long) TICK * random.nextInt(200)) : null,
                random.nextInt(4) > 0);
        Request request = menu.dish(number).withTerms(terms);
        decoderFailsAt = random.nextInt(20) == 0 ? 1 + random.nextInt(20) : 0;
        List<Guest> party = new ArrayList<>();
        for (int choice = random.nextInt(8) == 0 ? 2 : 0; choice >= 0; choice--) {
            party.add(guest(number, party.size(), request));
        }
        try {
            handles.addAll(loop.submit(request, party));
            guests.addAll(party);
            log.accept("request " + (handles.size() - party.size()) + ": " + party.size() + " x " + number + ", prompt "
                    + request.prompt().length + ", " + terms + ", " + party.getLast().whim);
        } catch (Failure full) {
            assertThat(full.code()).isEqualTo(FailureCode.OUT_OF_RESOURCES);
        }
    }

    private Guest guest(int number, int choice, Request request) {
        Whim whim = random.nextInt(3) == 0 ? Whim.values()[random.nextInt(Whim.values().length)] : Whim.NONE;
        int at = 1 + random.nextInt(30);
        return new Guest(number + "/" + choice, request.withChoice(choice), whim, at, decoderFailsAt, this::indulge);
    }

    /** On the engine's thread, in the middle of a step's end. */
    private void indulge(Guest guest) {
        switch (guest.whim) {
            case BLOCK -> clock += (long) TICK * random.nextInt(300);
            case CANCEL_OWN -> cancel(guests.indexOf(guest));
            case CANCEL_ANOTHER -> cancelAny();
            case BRING_ANOTHER -> come();
            case NONE, THROW, OUT_OF_MEMORY, OVERFLOW -> {}
        }
    }

    /** Saves and restores while requests come, go and are computed between the parts. */
    private void snapshot() {
        var owner = new BlockOwner() {
            @Override
            public <T> T ask(Supplier<T> errand) {
                if (random.nextBoolean()) {
                    come();
                }
                loop.doWork();
                return errand.get();
            }
        };
        SnapshotProgress progress = (done, total) -> {
            if (random.nextInt(10) == 0) {
                throw new IllegalStateException("on purpose");
            }
        };
        try {
            log.accept("saves");
            long saved = new SnapshotWriter(runner, loop.scheduler().pool(), owner).save(file, progress);
            long restored = new SnapshotReader(runner, loop.scheduler().pool(), owner).restore(file, progress);
            log.accept("saved " + saved + " positions and restored " + restored);
            snapshots++;
        } catch (Failure | IllegalStateException | Error e) {
            assertThat(e.getMessage()).contains("on purpose");
        } finally {
            delete();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(boolean broken, boolean closed) {
        assertThat(handles).allMatch(Handle::isFinished);
        for (int i = 0; i < guests.size(); i++) {
            Guest guest = guests.get(i);
            log.accept("request " + i + " ended after " + guest.events.all.size() + " events with "
                    + guest.events.all.getLast());
            guest.check(menu.alone(guest.name, guest.request), closed);
        }
        if (broken) {
            return;
        }
        Metrics metrics = loop.metrics();
        assertThat(metrics.blocksFree() + metrics.blocksCached())
                .isEqualTo(runner.limits().blockCount());
        long failed = guests.stream()
                .filter(guest -> guest.failedInStep()
                        && !menu.alone(guest.name, guest.request).hasFailed())
                .count();
        assertThat(failed).as("none fails for another").isLessThanOrEqualTo(runner.failedAlone);
    }
}
