package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
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

    /** What random arrivals left, and what they broke. */
    private record Tested(List<Plan> front, List<Plan> failed) {}

    /**
     * Those that nothing beats where requests come when they like, with more copies where they must; what they beat
     * only without these is tried too.
     */
    private Tested tested(Question question, List<Plan> feasible) {
        var trial = new Trial(question, forecaster);
        var ranking = new Ranking(question.constraints());
        Set<Plan> pool = Collections.newSetFromMap(new IdentityHashMap<>()); // equality of plans looks at whole models
        pool.addAll(feasible);
        Set<Plan> settled = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Plan> failed = new ArrayList<>();
        for (int left = MOST_TRIED; ; ) {
            List<Plan> next = Ranking.front(pool).stream()
                    .filter(p -> !settled.contains(p))
                    .limit(left)
                    .toList();
            if (next.isEmpty()) {
                break;
            }
            left -= next.size();
            next.forEach(pool::remove);
            for (Plan played : next.parallelStream().map(trial::strengthened).toList()) {
                if (Trial.isGood(played) && ranking.holds(played)) {
                    pool.add(played);
                    settled.add(played);
                } else {
                    failed.add(played);
                }
            }
        }
        List<Plan> good = pool.stream().filter(settled::contains).toList();
        if (good.isEmpty()) {
            throw trial.refusal(failed);
        }
        return new Tested(Ranking.front(good), failed);
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
        Tested tested = question.demand().requestsPerSecond().isPresent()
                ? tested(question, feasible)
                : new Tested(Ranking.front(feasible), List.of());
        List<Plan> front = tested.front;
        List<Lost> lost = new ArrayList<>(ranking.lost(found.plans(), front, tested.failed));
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
