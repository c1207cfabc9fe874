package smelt.planner.choice;

/**
 * Money and energy of a plan at its mean load.
 *
 * @param purchase dollars that are paid at once
 * @param dollarsPerHour rent, write-off and energy
 * @param energyPerHour the part of it that is paid for electricity; rent has it within
 * @param perMillion dollars per million tokens of any kind
 * @param input dollars per million tokens of prompts that are computed
 * @param cached dollars per million tokens of prompts that are found in the cache
 * @param output dollars per million tokens of answers
 * @param watts of all machines at the peak, at the wall, without the site
 * @param joulesPerToken of output at the peak, at the wall
 */
public record Cost(
        double purchase,
        double dollarsPerHour,
        double energyPerHour,
        double perMillion,
        double input,
        double cached,
        double output,
        double watts,
        double joulesPerToken) {
    public double dollarsPerYear() {
        return dollarsPerHour * Economy.HOURS_PER_YEAR;
    }
}
