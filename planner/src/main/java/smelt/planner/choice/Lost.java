package smelt.planner.choice;

import java.util.Optional;

/**
 * What was tried and not chosen.
 *
 * @param best the best of its kind; empty where the model does not fit
 * @param reason why it lost
 */
public record Lost(String device, String supply, Optional<Plan> best, String reason) {
    Lost(Plan best, String reason) {
        this(best.kinds(), best.from(), Optional.of(best), reason);
    }
}
