package smelt.cli;

import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Forecaster;

/** The forecaster that comes with smelt. */
final class PlanForecaster {
    private PlanForecaster() {}

    static Forecaster open() {
        return CalibratedForecaster.builtIn();
    }
}
