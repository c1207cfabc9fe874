package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import smelt.runtime.StepRunner;

/** Random schedules on one kind of model: cancels, faults, deadlines, too few blocks, snapshots in between. */
public final class Storms {
    private final Models models;
    private final Menu menu;
    private final Path folder;
    private final String replay;

    /** What happened, so that whoever runs many storms sees that all of it did. */
    public record Outcome(
            long requests,
            long whole,
            long failed,
            long failedSteps,
            long preemptions,
            long interruptions,
            long accepted,
            long snapshots) {
        public static final Outcome NONE = new Outcome(0, 0, 0, 0, 0, 0, 0, 0);

        /** A kind of event that never happened was not tested. */
        public void requireAll() {
            assertThat(List.of(whole, failed, failedSteps, preemptions, interruptions, accepted, snapshots))
                    .as(toString())
                    .allMatch(count -> count > 0);
        }

        public Outcome plus(Outcome other) {
            return new Outcome(
                    requests + other.requests,
                    whole + other.whole,
                    failed + other.failed,
                    failedSteps + other.failedSteps,
                    preemptions + other.preemptions,
                    interruptions + other.interruptions,
                    accepted + other.accepted,
                    snapshots + other.snapshots);
        }
    }

    /** Makes models for storms. */
    public interface Models {
        /** The model of one storm, which closes it; its pool of blocks may be as small as the random says. */
        StepRunner open(Random random);

        /** A model that guesses for it; null where there is none. */
        default @Nullable StepRunner draft(Random random) {
            return null;
        }
    }

    /**
     * @param alone models of the same weights, which tell what is right
     * @param context most tokens of a request
     * @param folder for snapshots
     * @param replay the command that tells one storm, but for its seed
     */
    public Storms(Supplier<StepRunner> alone, Models models, int vocabulary, int context, Path folder, String replay) {
        this.replay = replay;
        this.models = models;
        this.folder = folder;
        menu = new Menu(alone, vocabulary, context);
    }

    /**
     * Runs storms, in parallel where the stream is and models share nothing.
     *
     * @throws AssertionError of the first that failed, with its seed; later ones are left out then
     */
    public Outcome run(LongStream seeds) {
        var failures = new ConcurrentSkipListMap<Long, Throwable>();
        Outcome all = seeds.mapToObj(seed -> failures.isEmpty() ? run(seed, failures) : Outcome.NONE)
                .reduce(Outcome.NONE, Outcome::plus);
        failures.forEach((seed, failure) -> {
            throw new AssertionError(
                    "storm " + seed + " (" + replay + " " + seed + "): " + failure.getMessage(), failure);
        });
        return all;
    }

    private Outcome run(long seed, Map<Long, Throwable> failures) {
        try {
            return storm(seed, line -> {});
        } catch (Throwable e) {
            failures.put(seed, e);
            return Outcome.NONE;
        }
    }

    /** Runs one storm and tells what happens in it. */
    public void tell(long seed, Consumer<String> log) {
        Outcome unused = storm(seed, log);
    }

    private Outcome storm(long seed, Consumer<String> log) {
        return new Storm(seed, models, menu, folder.resolve("storm-" + seed), log).run();
    }
}
