package smelt.targets.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Guards targets/cpu: steps run on the number of threads that is fastest now, and finding it costs little. */
class ThreadChoiceTest {
    private static final double QUIET_NOISE = 0.05;
    private static final double BUSY_NOISE = 0.5;

    private final Random random = new Random(1);
    private double milliseconds;
    private double lost;

    /**
     * Runs steps that take as many milliseconds as {@code cost} says of their number of threads, for {@code seconds}.
     */
    private void run(ThreadChoice choice, int most, IntToDoubleFunction cost, double noise, double seconds) {
        double best = Double.MAX_VALUE;
        for (int threads = 1; threads <= most; threads++) {
            best = Math.min(best, cost.applyAsDouble(threads));
        }
        milliseconds = 0;
        lost = 0;
        while (milliseconds < seconds * 1000) {
            assertThat(choice.threads()).isBetween(1, most);
            double mean = cost.applyAsDouble(choice.threads());
            double step = mean * (1 + noise * (2 * random.nextDouble() - 1));
            lost += mean - best;
            milliseconds += step;
            choice.took((long) (step * 1e6));
        }
    }

    @Test
    void tryingCostsLittleWhereAllThreadsAreBest() {
        ThreadChoice choice = new ThreadChoice(2, 2);
        run(choice, 2, threads -> 5.0 / threads, QUIET_NOISE, 20);
        assertThat(choice.threads()).isEqualTo(2);
        assertThat(lost / milliseconds).isLessThan(0.01);
    }

    @Test
    void followsANeighbourThatComesAndGoes() {
        ThreadChoice choice = new ThreadChoice(2, 2);
        IntToDoubleFunction quiet = threads -> 5.0 / threads;
        IntToDoubleFunction busy = threads -> threads == 1 ? 8 : 25;
        for (int round = 0; round < 3; round++) {
            run(choice, 2, quiet, QUIET_NOISE, 8);
            assertThat(choice.threads()).as("quiet, round %d", round).isEqualTo(2);
            run(choice, 2, busy, BUSY_NOISE, 4);
            assertThat(lost / milliseconds).as("lost, round %d", round).isLessThan(0.2);
            run(choice, 2, busy, BUSY_NOISE, 8);
            assertThat(lost / milliseconds).as("lost later, round %d", round).isLessThan(0.1);
        }
    }

    @Test
    void findsTheBestOfMany() {
        ThreadChoice choice = new ThreadChoice(64, 64);
        IntToDoubleFunction cost = threads -> 80.0 / Math.min(threads, 20) + 0.1 * threads;
        run(choice, 64, cost, QUIET_NOISE, 60);
        run(choice, 64, cost, QUIET_NOISE, 10);
        assertThat(lost / milliseconds).isLessThan(0.1);
    }

    @Test
    void aCollapseIsTriedForAWindowOnly() {
        ThreadChoice choice = new ThreadChoice(4, 4);
        run(choice, 4, threads -> threads == 4 ? 5 : 400, QUIET_NOISE, 60);
        assertThat(lost / milliseconds).isLessThan(0.06);
    }

    @Test
    void oneThreadIsNoChoice() {
        ThreadChoice choice = new ThreadChoice(1, 1);
        run(choice, 1, threads -> 5, QUIET_NOISE, 10);
        assertThat(choice.threads()).isEqualTo(1);
    }
}
