package smelt.planner.choice;

import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;

/**
 * A deployment that so many requests keep busy.
 *
 * @param requestsPerSecond that are answered then
 * @param times of its tokens, by which their cost is shared out
 * @param placement of what the devices have no room for
 */
public record OperatingPoint(
        Deployment deployment,
        int concurrency,
        Forecast forecast,
        double requestsPerSecond,
        TokenTimes times,
        Placement placement) {}
