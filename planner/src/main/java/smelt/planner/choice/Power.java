package smelt.planner.choice;

import smelt.planner.catalogue.Device;

/**
 * Watts at the wall, host included, from the limits of the devices.
 *
 * <p>Estimates: 1.1 times the limits when busy (MLPerf v4.1: 8 x H200 at 6,153 W, whose limits add up to 5,600 W; a
 * 4090 of 450 W in a desktop: 464 W), 0.3 times when idle.
 */
public final class Power {
    static final double IDLE = 0.3;
    static final double BUSY = 1.1;

    private Power() {}

    /** @param load share of the time in which steps run; NaN where the limit is not known */
    public static double watts(Device device, int devices, double load) {
        double limit = device.watts().value();
        return limit > 0 ? devices * limit * (IDLE + (BUSY - IDLE) * load) : Double.NaN;
    }
}
