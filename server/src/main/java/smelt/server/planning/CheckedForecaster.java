package smelt.server.planning;

import smelt.planner.time.Deployment;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Load;
import smelt.planner.time.StepClock;

/**
 * Looks at each step whether anybody still waits.
 *
 * @param check throws where nobody does
 */
record CheckedForecaster(Forecaster forecaster, Runnable check) implements Forecaster {
    @Override
    public Forecast forecast(Deployment deployment, Load load) {
        check.run();
        return forecaster.forecast(deployment, load);
    }

    @Override
    public StepClock clock(Deployment deployment) {
        StepClock clock = forecaster.clock(deployment);
        return new StepClock() {
            @Override
            public double seconds(int promptRows, long promptContext, int decodeRows, long decodeContext) {
                check.run();
                return clock.seconds(promptRows, promptContext, decodeRows, decodeContext);
            }

            @Override
            public long kvTokens() {
                return clock.kvTokens();
            }
        };
    }
}
