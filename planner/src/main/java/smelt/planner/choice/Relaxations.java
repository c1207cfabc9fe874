package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import smelt.planner.simulation.Distribution;
import smelt.planner.time.Forecaster;

/** The smallest loosening of each constraint that is enough by itself, also where requests come when they like. */
final class Relaxations {
    private static final int MOST_TRIED = 8;
    private static final double[] SLOWER = {0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.1};

    private final Question question;
    private final Forecaster forecaster;

    Relaxations(Question question, Forecaster forecaster) {
        this.question = question;
        this.forecaster = forecaster;
    }

    /** The smallest first. */
    List<Relaxation> of(List<Constraint> constraints, List<Plan> plans) {
        return constraints.stream()
                .flatMap(c -> of(c, constraints, plans).stream())
                .sorted(Comparator.comparingDouble(Relaxation::excess))
                .toList();
    }

    private Optional<Relaxation> of(Constraint constraint, List<Constraint> constraints, List<Plan> plans) {
        List<Constraint> others = new ArrayList<>(constraints);
        others.remove(constraint);
        Measure measure = constraint.measure();
        var ranking = new Ranking(others);
        List<Plan> nearest = plans.stream()
                .filter(ranking::holds)
                .filter(p -> !Double.isNaN(measure.of(p)))
                .sorted(Comparator.comparingDouble(measure::of)
                        .thenComparingDouble(p -> p.cost().perMillion()))
                .limit(MOST_TRIED)
                .toList();
        Optional<Relaxation> best = Optional.empty();
        for (Plan plan : nearest) {
            if (best.isPresent() && best.get().least() <= measure.of(plan)) {
                break;
            }
            Optional<Relaxation> before = best;
            best = played(constraint, others, plan)
                    .filter(r -> before.isEmpty() || r.least() < before.get().least())
                    .or(() -> before);
        }
        return best;
    }

    private Optional<Relaxation> played(Constraint constraint, List<Constraint> others, Plan plan) {
        Measure measure = constraint.measure();
        if (question.demand().requestsPerSecond().isEmpty()) {
            return Optional.of(new Relaxation(constraint, Relaxation.rounded(measure.of(plan)), plan));
        }
        Optional<Plan> free = good(others, plan);
        return free.flatMap(p -> bounds(measure, p)
                .mapToObj(Relaxation::rounded)
                .flatMap(least -> {
                    List<Constraint> relaxed = new ArrayList<>(others);
                    relaxed.add(new Constraint(measure, least));
                    return good(relaxed, p).map(g -> new Relaxation(constraint, least, g)).stream();
                })
                .findFirst());
    }

    /** What may do, the smallest first: times are those of most requests, not of the mean one. */
    private static DoubleStream bounds(Measure measure, Plan plan) {
        double mean = measure.of(plan);
        Optional<Distribution> times = plan.trial().flatMap(r -> switch (measure) {
            case TTFT -> Optional.of(r.ttft());
            case TPOT -> Optional.of(r.tpot());
            default -> Optional.empty();
        });
        return times.map(
                        t -> DoubleStream.of(t.p90(), t.p95(), t.p99(), t.max()).map(v -> Math.max(v, mean)))
                .orElse(DoubleStream.of(mean));
    }

    private Optional<Plan> good(List<Constraint> constraints, Plan plan) {
        Plan played = new Trial(question.with(constraints), forecaster).strengthened(plan);
        return Optional.of(played).filter(Trial::isGood).filter(new Ranking(constraints)::holds);
    }

    /** The rate at which a plan that was played would do, about; empty for machines of several kinds. */
    Optional<Double> slower(Plan plan) {
        if (!plan.parts().isEmpty()) {
            return Optional.empty();
        }
        double rate = question.demand().requestsPerSecond().orElseThrow();
        var ranking = new Ranking(question.constraints());
        return DoubleStream.of(SLOWER)
                .map(factor -> rate * factor)
                .filter(less -> {
                    var there = new Trial(question.with(question.demand().at(less)), forecaster);
                    return there.with(plan, plan.needed())
                            .map(there::played)
                            .filter(Trial::isGood)
                            .filter(ranking::holds)
                            .isPresent();
                })
                .boxed()
                .findFirst();
    }
}
