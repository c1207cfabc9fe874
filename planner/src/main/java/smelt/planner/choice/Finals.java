package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import smelt.planner.time.Forecaster;

/**
 * Plans that hold the constraints for the mean, of which those that nothing beats have requests played against them,
 * and get more copies where they must; what they beat only without these is tried too. Where no rate is given nothing
 * is played.
 */
final class Finals {
    private static final int MOST_TRIED = 32;
    private static final int MOST_OF_A_KIND = 16;

    private final Trial trial;
    private final boolean plays;
    private final Ranking ranking;
    private final Set<Plan> pool = identical(); // equality of plans looks at whole models
    private final Set<Plan> settled = identical();
    private final List<Plan> failed = new ArrayList<>();

    Finals(Question question, Forecaster forecaster, Collection<Plan> feasible) {
        trial = new Trial(question, forecaster);
        plays = question.demand().requestsPerSecond().isPresent();
        ranking = new Ranking(question.constraints());
        pool.addAll(feasible);
    }

    private static Set<Plan> identical() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** What nothing beats; empty where all failed. */
    List<Plan> front() {
        for (int left = MOST_TRIED; plays; ) {
            List<Plan> next = Ranking.front(pool).stream()
                    .filter(p -> !settled.contains(p))
                    .limit(left)
                    .toList();
            if (next.isEmpty()) {
                break;
            }
            left -= next.size();
            play(next);
        }
        return Ranking.front(pool.stream().filter(this::isSettled).toList());
    }

    /** What did not hold the constraints when it was played. */
    List<Plan> failed() {
        return List.copyOf(failed);
    }

    /** The cheapest of a kind that holds them, whether anything beats it or not. */
    Optional<Plan> cheapest(Predicate<Plan> kind) {
        for (int i = 0; i < MOST_OF_A_KIND; i++) {
            Optional<Plan> first = pool.stream().filter(kind).min(Ranking.CHEAPEST);
            if (first.isEmpty() || isSettled(first.get())) {
                return first;
            }
            play(List.of(first.get()));
        }
        return Optional.empty();
    }

    private boolean isSettled(Plan plan) {
        return !plays || settled.contains(plan);
    }

    private void play(List<Plan> plans) {
        plans.forEach(pool::remove);
        for (Plan played : plans.parallelStream().map(trial::strengthened).toList()) {
            if (Trial.isGood(played) && ranking.holds(played)) {
                pool.add(played);
                settled.add(played);
            } else {
                failed.add(played);
            }
        }
    }
}
