package smelt.planner.choice;

/**
 * What money depends on besides prices.
 *
 * @param years over which a purchase is written off
 * @param dollarsPerKwh of electricity
 * @param pue energy of the whole site for each joule of the machines
 * @param utilisation mean load, as a share of the rate that is asked for
 */
public record Economy(double years, double dollarsPerKwh, double pue, double utilisation) {
    static final double HOURS_PER_YEAR = 8766;

    /** No measurements: usual figures of small sites, meant to be replaced. */
    public static final Economy USUAL = new Economy(3, 0.15, 1.3, 0.4);
}
