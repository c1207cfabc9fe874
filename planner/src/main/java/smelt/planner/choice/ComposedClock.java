package smelt.planner.choice;

import smelt.planner.time.StepClock;

/**
 * A step that goes through a device and then through its host.
 *
 * @param streamSeconds in which the host's weights cross to the device, which then computes prompts itself
 * @param kvTokens that have room
 */
record ComposedClock(StepClock device, StepClock host, StepClock whole, double streamSeconds, long kvTokens)
        implements StepClock {
    @Override
    public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
        double apart = device.seconds(promptRows, promptContext, decodeRows, decodeContext)
                + host.seconds(promptRows, promptContext, decodeRows, decodeContext);
        double streamed = streamSeconds + whole.seconds(promptRows, promptContext, decodeRows, decodeContext);
        return Math.min(apart, streamed);
    }
}
