package smelt.planner.choice;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import smelt.base.Failure;
import smelt.planner.time.Forecaster;

/** Answers questions about hardware. */
public final class Planner {
    private static final int MOST_TRIED = 32;

    private final Forecaster forecaster;

    /** @param forecaster which several threads may ask at once */
    public Planner(Forecaster forecaster) {
        this.forecaster = forecaster;
    }

    /**
     * Those that nothing beats where requests come when they like, with more copies where they must; what they beat only
     * without these is tried too.
     */
    private List<Plan> tried(Question question, List<Plan> feasible) {
        var trial = new Trial(question, forecaster);
        var ranking = new Ranking(question.constraints());
        Set<Plan> pool = new LinkedHashSet<>(feasible);
        List<Plan> failed = new ArrayList<>();
        for (int left = MOST_TRIED; ; ) {
            List<Plan> next = Ranking.front(pool).stream()
                    .filter(p -> p.trial().isEmpty())
                    .limit(left)
                    .toList();
            if (next.isEmpty()) {
                break;
            }
            left -= next.size();
            next.forEach(pool::remove);
            next.parallelStream()
                    .map(trial::strengthened)
                    .toList()
                    .forEach(p -> (Trial.isGood(p) && ranking.holds(p) ? pool : failed).add(p));
        }
        List<Plan> good = pool.stream().filter(p -> p.trial().isPresent()).toList();
        if (good.isEmpty()) {
            throw trial.refusal(failed);
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
        List<Plan> front =
                question.demand().requestsPerSecond().isPresent() ? tried(question, feasible) : Ranking.front(feasible);
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
