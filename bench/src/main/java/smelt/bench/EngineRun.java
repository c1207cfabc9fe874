package smelt.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.Engine;
import smelt.engine.Handle;
import smelt.engine.Request;
import smelt.engine.Terms;
import smelt.engine.Usage;

/** Runs scenarios through the engine's public door, where users come in; no two prompts are alike. */
final class EngineRun {
    /** Longer than any step; an engine that does not end a cancelled request in it never will. */
    private static final long GRACE_SECONDS = 120;

    /** One token a step: what a model writes after random tokens repeats itself, and guesses would be measured. */
    private static final Terms PLAIN = Terms.DEFAULT.withSpeculation(false);

    private final Engine engine;
    private final Random random;

    EngineRun(Engine engine, long seed) {
        this.engine = engine;
        this.random = new Random(seed);
    }

    /**
     * Tokens a second.
     *
     * @param deadline in the clock of {@link System#nanoTime}; what is not done by then is cut short, and measured as
     *     far as it came
     * @throws Failure UNAVAILABLE where not even the least of it was done by then
     */
    double rate(Scenario scenario, long deadline) {
        return switch (scenario) {
            case Scenario.Prefill prefill -> prefill(prefill, deadline);
            case Scenario.Decode decode -> decode(decode, deadline);
            case Scenario.Crowd crowd -> crowd(crowd, deadline);
        };
    }

    private double prefill(Scenario.Prefill scenario, long deadline) {
        return one(scenario.tokens(), 1, deadline).prefillTokensPerSecond();
    }

    private double decode(Scenario.Decode scenario, long deadline) {
        return one(scenario.depth(), scenario.tokens() + 1, deadline).decodeTokensPerSecond();
    }

    /**
     * What a request of {@code prompt} random tokens took, of which {@code tokens} were to be written.
     *
     * @throws Failure UNAVAILABLE where not even one, or two where there were to be more, were written by then
     */
    Usage one(int prompt, int tokens, long deadline) {
        Usage usage = run(prompts(1, prompt), tokens, deadline).getFirst().usage();
        if (usage.completionTokens() < Math.min(2, tokens)) {
            throw outOfTime();
        }
        return usage;
    }

    private double crowd(Scenario.Crowd scenario, long deadline) {
        // prompts known to all but their last token, so that all begin to write at the same time: whole blocks are kept
        List<int[]> prompts = prompts(scenario.users(), scenario.prompt() + 1);
        run(prompts, 1, deadline);
        List<Recorder> all = run(prompts, scenario.tokens() - 1, deadline);
        all.forEach(Recorder::usage);
        return rateWhileAllWrite(all.stream().map(Recorder::times).toList());
    }

    /**
     * Tokens a second from the first token of the sequence that starts last to its last one before another sequence
     * ends; outside of these fewer write than there are. Both moments are the same one of a step, so the steps between
     * them are whole.
     *
     * @param times when each token of each sequence came
     */
    static double rateWhileAllWrite(List<long[]> times) {
        if (times.stream().anyMatch(sequence -> sequence.length == 0)) {
            throw outOfTime();
        }
        long[] latecomer = times.stream()
                .max(Comparator.comparingLong(sequence -> sequence[0]))
                .orElseThrow();
        long firstEnd = times.stream()
                .mapToLong(sequence -> sequence[sequence.length - 1])
                .min()
                .orElseThrow();
        long begin = latecomer[0];
        long end =
                Arrays.stream(latecomer).filter(time -> time <= firstEnd).max().orElse(begin);
        if (begin >= end) {
            throw outOfTime();
        }
        long count = times.stream()
                .flatMapToLong(Arrays::stream)
                .filter(time -> time > begin && time <= end)
                .count();
        return count * 1e9 / (end - begin);
    }

    private List<int[]> prompts(int count, int length) {
        return Stream.generate(() -> random.ints(length, 0, engine.vocabulary()).toArray())
                .limit(count)
                .toList();
    }

    private List<Recorder> run(List<int[]> prompts, int tokens, long deadline) {
        List<Recorder> recorders = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        for (int[] prompt : prompts) {
            Recorder recorder = new Recorder();
            handles.add(engine.submit(Request.of(prompt).withMaxTokens(tokens).withTerms(PLAIN), recorder));
            recorders.add(recorder);
        }
        try {
            for (Recorder recorder : recorders) {
                if (!recorder.ended().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    handles.forEach(Handle::cancel);
                    awaitCancelled(recorder);
                }
            }
            return recorders;
        } catch (InterruptedException e) {
            handles.forEach(Handle::cancel);
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, "The benchmark was interrupted")
                    .withCause(e);
        }
    }

    private static void awaitCancelled(Recorder recorder) throws InterruptedException {
        if (!recorder.ended().await(GRACE_SECONDS, TimeUnit.SECONDS)) {
            throw Failure.of(FailureCode.INTERNAL, "A cancelled request did not end in " + GRACE_SECONDS + " s");
        }
    }

    private static Failure outOfTime() {
        return Failure.of(FailureCode.UNAVAILABLE, "The time was up before there was a figure");
    }
}
