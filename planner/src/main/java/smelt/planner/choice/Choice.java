package smelt.planner.choice;

import java.util.List;

/**
 * The answer.
 *
 * @param front what no other plan beats in cost, time to first token, time per token and power; the cheapest first
 * @param lost the best of each other kind, with the reason
 * @param apis what sellers of answers would take for the same
 * @param breakEvens of the cheapest plan that is bought
 * @param assumptions that all figures rest on
 */
public record Choice(
        Question question,
        List<Plan> front,
        List<Lost> lost,
        List<ApiCost> apis,
        List<BreakEven> breakEvens,
        List<String> assumptions,
        int tried) {
    public Choice {
        front = List.copyOf(front);
        lost = List.copyOf(lost);
        apis = List.copyOf(apis);
        breakEvens = List.copyOf(breakEvens);
        assumptions = List.copyOf(assumptions);
    }

    /** What is told of machines that fail or are taken away; nothing where nobody asked and none of them is spot. */
    public List<String> losses(Plan plan) {
        boolean told = question.demand().reliability().isAsked() || Reliability.isSpot(plan.supply());
        if (!plan.parts().isEmpty()) {
            return plan.parts().stream().flatMap(p -> losses(p).stream()).toList();
        }
        return told ? List.of(plan.standby().text(), plan.standby().losses()) : List.of();
    }

    /** The cheapest that holds all constraints. */
    public Plan best() {
        return front.getFirst();
    }
}
