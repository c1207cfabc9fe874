package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner;
import smelt.runtime.StepRunner.Limits;

/**
 * Guards engine/: whatever happens at whatever moment, nothing is lost, told twice or changed. {@code ./verify storms}
 * runs 100,000 of them, {@code ./verify storm SEED} tells one.
 */
class StormTest {
    private static final long STORMS = Long.getLong("smelt.storms", 2000);
    private static final long ONE = Long.getLong("smelt.storm", 0);
    private static final int VOCABULARY = 97;
    private static final int CONTEXT = 256;

    @TempDir
    Path folder;

    /** Storms of odd seeds have a model that repeats itself, so that guesses come true. */
    private Storms storms(long seed) {
        boolean repeats = seed % 2 == 1;
        Limits alone = new Limits(VOCABULARY, CONTEXT, 16, 16, 64, 16);
        return new Storms(
                () -> model(alone, repeats), new Models(repeats), VOCABULARY, CONTEXT, folder, "./verify storm");
    }

    /** The draft model mostly guesses what the other says where that repeats itself; now and then it fails. */
    private record Models(boolean repeats) implements Storms.Models {
        @Override
        public StepRunner open(Random random) {
            return model(limits(random), repeats);
        }

        @Override
        public StepRunner draft(Random random) {
            var draft = new FaultyRunner(model(limits(random), repeats), random);
            draft.poison = random.nextInt(4) == 0 ? random.nextInt(VOCABULARY) : FaultyRunner.NONE;
            return draft;
        }
    }

    private static StepRunner model(Limits limits, boolean repeats) {
        NullRunner runner = NullRunner.untimed(limits);
        return repeats ? new RepetitiveRunner(runner, 6) : runner;
    }

    private static Limits limits(Random random) {
        int blocks = 16 + random.nextInt(8);
        return new Limits(VOCABULARY, CONTEXT, 16, blocks, 1 + random.nextInt(64), 1 + random.nextInt(16));
    }

    @Test
    void randomStormsLeaveNothingBehind() {
        long begin = System.nanoTime();
        Storms.Outcome all = Storms.Outcome.NONE;
        for (int kind = 0; kind < 2; kind++) {
            int rest = kind;
            LongStream seeds = LongStream.range(0, STORMS).filter(seed -> seed % 2 == rest);
            all = all.plus(storms(kind).run(seeds.parallel()));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("storms of seeds 0 to %d in %.1f s: %s%n", STORMS - 1, seconds, all);
        all.requireAll();
    }

    @Test
    void oneStormIsTold() {
        List<String> told = new ArrayList<>();
        storms(ONE).tell(ONE, told::add);
        assertThat(told).isNotEmpty();
        if (System.getProperty("smelt.storm") != null) {
            told.forEach(System.out::println);
        }
    }
}
