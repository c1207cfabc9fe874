package smelt.planner.time;

/** Tells what a deployment would do. */
public interface Forecaster {
    Forecast forecast(Deployment deployment, Load load);

    StepClock clock(Deployment deployment);
}
