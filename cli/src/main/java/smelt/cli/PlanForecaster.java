package smelt.cli;

import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.time.Forecaster;

/** The forecaster that comes with smelt. */
final class PlanForecaster {
    private PlanForecaster() {}

    static Forecaster open() {
        return Optional.<Forecaster>empty()
                .orElseThrow(() -> Failure.of(FailureCode.UNSUPPORTED, "There are no times of operators yet"));
    }
}
