package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Which requests count, in order of arrival; the simulation ends with the last of them.
 *
 * @param skip the first ones, while the system fills
 */
public record Window(long skip, long count) {
    public static final Window ALL = new Window(0, Long.MAX_VALUE);

    public Window {
        if (skip < 0 || count < 1) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT, "No request counts: the first " + skip + " do not, then " + count);
        }
    }

    boolean has(long request) {
        return request >= skip && request - skip < count;
    }
}
