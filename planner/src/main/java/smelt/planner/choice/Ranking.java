package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which plans nothing beats in everything, and why each of the others lost. */
final class Ranking {
    /** Plans that differ by less are told apart by their cost alone. */
    private static final double ALIKE = 1.05;

    private static final List<Measure> OBJECTIVES =
            List.of(Measure.PER_MILLION, Measure.TTFT, Measure.TPOT, Measure.WATTS);

    /** The faster of those that cost as much. */
    static final Comparator<Plan> CHEAPEST = Comparator.comparingDouble(
                    (Plan p) -> p.cost().perMillion())
            .thenComparingDouble(Plan::tpot)
            .thenComparingDouble(Plan::ttft)
            .thenComparing(Plan::text)
            .thenComparing(Plan::from)
            .thenComparingInt(Plan::concurrency);

    private final List<Constraint> constraints;

    Ranking(List<Constraint> constraints) {
        this.constraints = constraints;
    }

    boolean holds(Plan plan) {
        return constraints.stream().allMatch(c -> c.holds(plan));
    }

    /** What no other plan beats, the cheapest first. */
    static List<Plan> front(Collection<Plan> plans) {
        List<Plan> sorted = plans.stream().sorted(CHEAPEST).toList();
        List<Plan> front = new ArrayList<>();
        for (Plan plan : sorted) { // what beats a plan is not dearer, so it stands before it
            if (front.stream().noneMatch(other -> beats(other, plan))) {
                front.add(plan);
            }
        }
        return front;
    }

    /** Not dearer, and in nothing worse by more than forecasts are worth. */
    private static boolean beats(Plan other, Plan plan) {
        return !(other.cost().perMillion() > plan.cost().perMillion())
                && !doesLess(other, plan)
                && OBJECTIVES.stream().allMatch(o -> !(o.of(other) > ALIKE * o.of(plan)));
    }

    /** Machines that are there may as well do all they can; where the rate is given all do the same. */
    private static boolean doesLess(Plan other, Plan plan) {
        return plan.supply() instanceof Supply.Owned
                && other.supply() instanceof Supply.Owned
                && ALIKE * other.requestsPerSecond() < plan.requestsPerSecond();
    }

    /** The best of each device and supply that is not on the front, with what speaks against it; the nearest first. */
    List<Lost> lost(List<Plan> plans, List<Plan> front, List<Plan> failed) {
        Map<String, List<Plan>> groups = new LinkedHashMap<>();
        for (Plan plan : plans) {
            groups.computeIfAbsent(group(plan), g -> new ArrayList<>()).add(plan);
        }
        List<Lost> lost = new ArrayList<>();
        groups.forEach((name, group) -> {
            if (front.stream().noneMatch(winner -> group(winner).equals(name))) {
                lost.add(verdict(group, front, failed));
            }
        });
        lost.sort(Comparator.comparingDouble(
                l -> l.best().map(p -> p.cost().perMillion()).orElse(Double.MAX_VALUE)));
        return lost;
    }

    private static String group(Plan plan) {
        return plan.kinds() + "|" + plan.from();
    }

    private Lost verdict(List<Plan> group, List<Plan> front, List<Plan> failed) {
        Optional<Plan> feasible = group.stream().filter(this::holds).min(CHEAPEST);
        if (feasible.isPresent()) {
            return new Lost(feasible.get(), beaten(feasible.get(), front, failed));
        }
        Plan nearest = nearest(group).orElseThrow();
        return new Lost(nearest, String.join("; ", broken(nearest)));
    }

    /** Of a plan that does not do where requests come when they like. */
    String failure(Plan played) {
        return "where requests come when they like, "
                + (Trial.isGood(played)
                        ? "it takes " + played.text() + ": " + String.join("; ", broken(played))
                        : Trial.text(played));
    }

    private List<String> broken(Plan plan) {
        return constraints.stream()
                .filter(c -> !c.holds(plan))
                .map(c -> c.broken(plan))
                .toList();
    }

    private String beaten(Plan plan, List<Plan> front, List<Plan> failed) {
        return front.stream()
                .filter(winner -> beats(winner, plan))
                .findFirst()
                .map(winner -> compared(plan, winner))
                .or(() -> failed.stream()
                        .filter(f -> group(f).equals(group(plan)))
                        .findFirst()
                        .map(this::failure))
                .orElse("dearer, where requests come when they like, than "
                        + front.getFirst().text());
    }

    /** What is better; the rest is not worse by more than forecasts are worth. */
    private static String compared(Plan plan, Plan winner) {
        List<String> better = OBJECTIVES.stream()
                .filter(o ->
                        o.of(plan) > o.of(winner) && (o == Measure.PER_MILLION || o.of(plan) > ALIKE * o.of(winner)))
                .map(o -> o.title() + " " + o.text(o.of(winner)) + " rather than " + o.text(o.of(plan)))
                .toList();
        String by = winner.text() + " (" + winner.from() + ")";
        if (better.isEmpty()) {
            return "as good as " + by + ", to 5%";
        }
        return "beaten by " + by + ": " + String.join(", ", better)
                + (better.size() < OBJECTIVES.size() ? "; in the rest no better by 5%" : "");
    }

    /** The plan that breaks its worst constraint least. */
    Optional<Plan> nearest(List<Plan> plans) {
        return plans.stream().min(Comparator.comparingDouble(this::worst).thenComparing(CHEAPEST));
    }

    private double worst(Plan plan) {
        return constraints.stream().mapToDouble(c -> c.excess(plan)).max().orElse(0);
    }
}
