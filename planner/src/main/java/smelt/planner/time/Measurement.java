package smelt.planner.time;

/** A closed loop that somebody ran, and the means that were seen. */
public record Measurement(Deployment deployment, Load load, double ttftMillis, double tpotMillis) {}
