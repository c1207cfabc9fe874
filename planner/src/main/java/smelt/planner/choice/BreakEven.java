package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;

/**
 * From how many hours of full load a year on buying {@code plan} is cheaper than {@code against}.
 *
 * @param hoursPerYear infinite where it never is
 */
public record BreakEven(Plan plan, String against, double hoursPerYear) {
    /** Of the cheapest plan that is bought, against the cheapest that is rented and the cheapest API. */
    static List<BreakEven> of(Question question, List<Plan> feasible, List<ApiCost> apis) {
        Plan bought = cheapest(feasible, Supply.Bought.class);
        if (bought == null) {
            return List.of();
        }
        List<BreakEven> all = new ArrayList<>();
        Economy economy = question.economy();
        double fixed = bought.cost().purchase() / economy.years();
        double energy = bought.cost().watts() / 1e3 * economy.pue() * economy.dollarsPerKwh();
        Plan rented = cheapest(feasible, Supply.Rented.class);
        if (rented != null) {
            String text = rented.text() + " from " + rented.supply().text();
            all.add(new BreakEven(bought, text, hours(fixed, rented.cost().dollarsPerHour() - energy)));
        }
        apis.stream().limit(1).forEach(api -> {
            double millions = bought.requestsPerSecond()
                    * 3600
                    * question.demand().workload().tokens()
                    / 1e6;
            String text = "the API of " + api.price().seller();
            all.add(new BreakEven(bought, text, hours(fixed, millions * api.perMillion() - energy)));
        });
        return all;
    }

    private static double hours(double fixedPerYear, double savedPerHour) {
        return savedPerHour > 0 ? fixedPerYear / savedPerHour : Double.POSITIVE_INFINITY;
    }

    private static @org.jspecify.annotations.Nullable Plan cheapest(List<Plan> plans, Class<? extends Supply> kind) {
        return plans.stream()
                .filter(p -> kind.isInstance(p.supply()) && p.parts().isEmpty())
                .min(java.util.Comparator.comparingDouble(p -> p.cost().perMillion()))
                .orElse(null);
    }

    public boolean isReachable() {
        return hoursPerYear <= Economy.HOURS_PER_YEAR;
    }
}
