package smelt.planner.calibration;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheLayout;
import smelt.compiler.CacheType;
import smelt.runtime.LoadOptions;

/**
 * What is asked of a model on this machine; {@code smelt bench} measures the same.
 *
 * @param prompt tokens of the prompt that is read
 * @param output tokens that are written after a short prompt
 * @param depth tokens of context after which writing is slower
 * @param users who write at once, each behind a prompt of {@link #CROWD_PROMPT}
 */
public record Scenarios(int prompt, int output, int depth, int users) {
    public static final Scenarios USUAL = new Scenarios(512, 128, 2048, 16);
    static final int SHORT_PROMPT = 8;
    static final int DEEP_OUTPUT = 32;
    static final int CROWD_PROMPT = 128;
    static final int CROWD_OUTPUT = 64;
    private static final int MOST = 1 << 20;

    public Scenarios {
        if (List.of(prompt, output, depth, users).stream().anyMatch(each -> each < 1 || each > MOST)) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Every length must be 1 to " + MOST + ": prompt " + prompt + ", output " + output + ", depth "
                            + depth + ", users " + users);
        }
    }

    /** Positions of one sequence. */
    int context() {
        return Math.max(
                        Math.max(prompt, depth + DEEP_OUTPUT),
                        Math.max(SHORT_PROMPT + output, CROWD_PROMPT + CROWD_OUTPUT - 1))
                + 1;
    }

    /** As the model is loaded for them. */
    public LoadOptions options(int threads, CacheType cache) {
        int block = CacheLayout.BLOCK_POSITIONS;
        int one = Math.ceilDiv(context(), block) * block;
        int all = users * Math.ceilDiv(CROWD_PROMPT + CROWD_OUTPUT, block) * block;
        return new LoadOptions(context(), Math.max(one, all), threads, cache);
    }
}
