package smelt.planner.simulation;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A replica that fails: what it was doing is lost, and its requests begin again elsewhere, or there when it is back.
 *
 * @param replica from 0
 */
public record Outage(int replica, double fromSeconds, double toSeconds) {
    public Outage {
        if (replica < 0 || !(fromSeconds >= 0) || !(toSeconds > fromSeconds) || toSeconds > 1e9) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Replica " + replica + " cannot fail from " + fromSeconds + " s to " + toSeconds + " s");
        }
    }
}
