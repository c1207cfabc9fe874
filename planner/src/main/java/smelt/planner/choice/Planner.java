package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.planner.time.Forecaster;

/** Answers questions about hardware. */
public final class Planner {
    private final Forecaster forecaster;

    /** @param forecaster which several threads may ask at once */
    public Planner(Forecaster forecaster) {
        this.forecaster = forecaster;
    }

    /** Every way to serve what is asked, whether it holds the constraints or not. */
    public List<Plan> plans(Question question, Progress progress) {
        return new Search(question, forecaster, progress).run().plans();
    }

    /**
     * The best ways to serve what is asked.
     *
     * @throws Failure INVALID_ARGUMENT where the constraints contradict each other: which ones, and the smallest
     *     relaxation that helps
     */
    public Choice choose(Question question, Progress progress) {
        Search.Found found = new Search(question, forecaster, progress).run();
        var ranking = new Ranking(question.constraints());
        List<Plan> feasible = found.plans().stream().filter(ranking::holds).toList();
        var conflict = new Conflict(question, forecaster, progress);
        if (feasible.isEmpty()) {
            throw conflict.explain(found);
        }
        var finals = new Finals(question, forecaster, feasible);
        List<Plan> front = finals.front();
        if (front.isEmpty()) {
            throw conflict.explain(found, finals.failed());
        }
        List<Lost> lost = new ArrayList<>(ranking.lost(found.plans(), front, finals.failed()));
        lost.addAll(found.unfit());
        List<ApiCost> apis = ApiCost.of(question);
        return new Choice(
                question,
                front,
                lost,
                apis,
                BreakEven.of(question, finals, apis),
                Assumptions.of(question, found),
                found.tried());
    }
}
