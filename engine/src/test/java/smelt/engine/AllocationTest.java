package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.engine.sampling.LogProbs;
import smelt.engine.sampling.Sampling;
import smelt.runtime.NullRunner;
import smelt.runtime.StepRunner.Limits;

/** Guards engine/: a step of sequences that generate leaves no garbage but the events it hands out. */
class AllocationTest {
    private static final Limits LIMITS = new Limits(1000, 4096, 16, 2048, 64, 64);
    private static final int USERS = 4;
    /** Then the room for a sequence's tokens has just grown, and lasts. */
    private static final int WARM_STEPS = 2_400;

    private static final int STEPS = 800;
    /** Until everything is compiled, and nothing escapes any more that needs no memory. */
    private static final int ROUNDS = 12;

    private static final double LEAST = 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private volatile Object kept = "";

    static List<Request> requests() {
        Request greedy = Request.of(1, 2, 3);
        return List.of(
                greedy,
                greedy.withSampling(sampling(1, 0, 1, 0, 1)),
                greedy.withSampling(sampling(0.8, 40, 0.9, 0.05, 1)),
                greedy.withSampling(sampling(0.7, 0, 0.9, 0, 1)),
                greedy.withSampling(sampling(0.9, 0, 1, 0.1, 1.1)),
                greedy.withLogProbs(5));
    }

    private static Sampling sampling(double temperature, int topK, double topP, double minP, double repetition) {
        return new Sampling(temperature, topK, topP, minP, 1, repetition, 0, 0, 64, 7, Map.of());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void stepsLeaveNoGarbage(Request request) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > LEAST; round++) {
            least = Math.min(least, garbage(request));
        }
        assertThat(least).as("bytes of a token beyond its event").isLessThan(LEAST);
    }

    private double garbage(Request request) {
        var loop = new EngineLoop(NullRunner.untimed(LIMITS), null, Settings.DEFAULT, System::nanoTime);
        Consumer<Event> consumer = event -> kept = event;
        loop.submit(request, Collections.nCopies(USERS, consumer));
        double step = bytesOf(STEPS, () -> step(loop));
        return step / USERS - bytesOf(STEPS, () -> kept = event(request));
    }

    private static void step(EngineLoop loop) {
        if (loop.doWork() == 0) {
            throw new AssertionError("nothing to do");
        }
    }

    private static Event event(Request request) {
        var tops = new LogProbs.Top[request.topLogProbs()];
        Arrays.setAll(tops, i -> new LogProbs.Top(i, -i));
        return new Event.Token(1, "", request.logProbs() ? new LogProbs(-1, List.of(tops)) : null);
    }

    /** Of one run, after others. */
    private static double bytesOf(int runs, Runnable work) {
        for (int i = 0; i < WARM_STEPS; i++) {
            work.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < runs; i++) {
            work.run();
        }
        return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / runs;
    }
}
