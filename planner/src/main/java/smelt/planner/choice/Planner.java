package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.planner.time.Forecaster;

/** Answers questions about hardware. */
public final class Planner {
    private static final int MOST_TRIED = 24;

    private final Forecaster forecaster;

    /** @param forecaster which several threads may ask at once */
    public Planner(Forecaster forecaster) {
        this.forecaster = forecaster;
    }

    /** Those of {@code front} that also do where requests come when they like, with more copies where they must. */
    private List<Plan> tried(Question question, List<Plan> front) {
        var trial = new Trial(question, forecaster);
        List<Plan> played = front.parallelStream()
                .limit(MOST_TRIED)
                .map(trial::strengthened)
                .toList();
        var ranking = new Ranking(question.constraints());
        List<Plan> good =
                played.stream().filter(p -> Trial.isGood(p) && ranking.holds(p)).toList();
        if (good.isEmpty()) {
            throw trial.refusal(played);
        }
        return Ranking.front(good);
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
        if (feasible.isEmpty()) {
            throw new Conflict(question, forecaster, progress).explain(found);
        }
        List<Plan> expected = Ranking.front(feasible);
        List<Plan> front = question.demand().requestsPerSecond().isPresent() ? tried(question, expected) : expected;
        List<Lost> lost = new ArrayList<>(ranking.lost(found.plans(), front));
        lost.addAll(found.unfit());
        List<ApiCost> apis = ApiCost.of(question);
        return new Choice(
                question,
                front,
                lost,
                apis,
                BreakEven.of(question, feasible, apis),
                Assumptions.of(question, found),
                found.tried());
    }
}
