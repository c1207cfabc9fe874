package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.planner.catalogue.Offer;

/**
 * From how many hours of full load a year on buying {@code plan} is cheaper than {@code against}.
 *
 * @param hoursPerYear infinite where it never is
 */
public record BreakEven(Plan plan, String against, double hoursPerYear) {
    /** Of the cheapest plan that is bought, against the cheapest that is rented by the hour and the cheapest API. */
    static List<BreakEven> of(Question question, Finals finals, List<ApiCost> apis) {
        Optional<Plan> cheapest = finals.cheapest(p -> p.parts().isEmpty() && p.supply() instanceof Supply.Bought);
        if (cheapest.isEmpty()) {
            return List.of();
        }
        Plan bought = cheapest.get();
        List<BreakEven> all = new ArrayList<>();
        finals.cheapest(BreakEven::isPaidByUse).ifPresent(rented -> {
            String text = rented.text() + " from " + rented.supply().text();
            double sameWork = bought.requestsPerSecond() / rented.requestsPerSecond();
            all.add(of(question, bought, text, sameWork * rented.cost().dollarsPerHour()));
        });
        apis.stream().limit(1).forEach(api -> {
            double millions = bought.requestsPerSecond()
                    * 3600
                    * question.demand().workload().tokens()
                    / 1e6;
            all.add(of(question, bought, "the API of " + api.price().seller(), millions * api.perMillion()));
        });
        return all;
    }

    /** Reserved machines are paid whether they work or not, as bought ones are. */
    private static boolean isPaidByUse(Plan plan) {
        return plan.parts().isEmpty()
                && plan.supply() instanceof Supply.Rented rented
                && (rented.offer().terms() == Offer.Terms.ON_DEMAND
                        || rented.offer().terms() == Offer.Terms.SPOT);
    }

    private static BreakEven of(Question question, Plan bought, String against, double dollarsPerHour) {
        Economy economy = question.economy();
        double perYear = bought.cost().purchase() / economy.years();
        double saved = dollarsPerHour - bought.cost().watts() / 1e3 * economy.pue() * economy.dollarsPerKwh();
        return new BreakEven(bought, against, saved > 0 ? perYear / saved : Double.POSITIVE_INFINITY);
    }

    public boolean isReachable() {
        return hoursPerYear <= Economy.HOURS_PER_YEAR;
    }
}
