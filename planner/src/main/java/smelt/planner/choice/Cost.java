package smelt.planner.choice;

import java.util.List;
import java.util.function.ToDoubleFunction;

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
    /** Of parts that share a load. */
    static Cost together(List<Plan> parts) {
        return new Cost(
                sum(parts, Cost::purchase),
                sum(parts, Cost::dollarsPerHour),
                sum(parts, Cost::energyPerHour),
                mean(parts, Cost::perMillion),
                mean(parts, Cost::input),
                mean(parts, Cost::cached),
                mean(parts, Cost::output),
                sum(parts, Cost::watts),
                mean(parts, Cost::joulesPerToken));
    }

    private static double sum(List<Plan> parts, ToDoubleFunction<Cost> amount) {
        return parts.stream().mapToDouble(p -> amount.applyAsDouble(p.cost())).sum();
    }

    /** By the requests that each answers. */
    private static double mean(List<Plan> parts, ToDoubleFunction<Cost> amount) {
        double all = parts.stream().mapToDouble(Plan::requestsPerSecond).sum();
        return parts.stream()
                .mapToDouble(p -> amount.applyAsDouble(p.cost()) * p.requestsPerSecond() / all)
                .sum();
    }

    public double dollarsPerYear() {
        return dollarsPerHour * Economy.HOURS_PER_YEAR;
    }
}
