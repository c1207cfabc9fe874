package smelt.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheType;

/**
 * What is measured, how often, and for how long at most.
 *
 * @param prompt tokens of the prefill
 * @param output tokens of the decode after a short prompt
 * @param depths tokens of context behind which decode is measured again
 * @param users numbers of sequences at once
 * @param repeat runs of everything, in turns
 * @param threads of a step
 * @param cache how keys and values are kept
 * @param budget after which runs end early and further ones are left out; the first round of other engines is not
 * @param peerLimit for one run of another engine
 * @param seed of the random tokens
 */
public record Plan(
        int prompt,
        int output,
        List<Integer> depths,
        List<Integer> users,
        int repeat,
        int threads,
        CacheType cache,
        Duration budget,
        Duration peerLimit,
        long seed) {
    /** The prompt before the decode that is to show the weights' cost alone. */
    static final int SHORT_PROMPT = 8;

    static final int DEEP_OUTPUT = 32;
    private static final int CROWD_PROMPT = 128;
    private static final int CROWD_OUTPUT = 64;

    public Plan {
        depths = List.copyOf(depths);
        users = List.copyOf(users);
        boolean positive = prompt > 0 && output > 0 && repeat > 0 && threads > 0;
        if (!positive || depths.stream().anyMatch(d -> d < 1) || users.stream().anyMatch(u -> u < 1)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Every length and number of a benchmark must be positive: prompt " + prompt + ", output " + output
                            + ", depths " + depths + ", users " + users + ", repeat " + repeat + ", threads "
                            + threads);
        }
    }

    /** Everything to measure, in order. */
    public List<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.add(new Scenario.Prefill(prompt));
        scenarios.add(new Scenario.Decode(output, SHORT_PROMPT));
        depths.forEach(depth -> scenarios.add(new Scenario.Decode(DEEP_OUTPUT, depth)));
        users.forEach(count -> scenarios.add(new Scenario.Crowd(count, CROWD_PROMPT, CROWD_OUTPUT)));
        return scenarios;
    }
}
