package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Copies on devices of several kinds that share one load by their rate: machines that are there, together, or with the
 * fewest that must be rented or bought beside them. Each kind has a layout and a concurrency of its own, and holds the
 * limits by itself.
 */
final class Mixtures {
    private static final int MOST_KINDS = 4;
    /** Of what machines can do in a closed loop, so much is counted on where requests come when they like. */
    private static final double COUNTED_ON = 0.85;

    private final Question question;
    private final Ranking limits;

    Mixtures(Question question) {
        this.question = question;
        limits = new Ranking(question.constraints().stream()
                .filter(c -> c.measure() == Measure.TTFT || c.measure() == Measure.TPOT)
                .toList());
    }

    /** Machines, and what copies on them can do. */
    record Source(Supply supply, List<OperatingPoint> points) {}

    List<Plan> plans(List<Source> sources) {
        Demand demand = question.demand();
        if (demand.reliability().isAsked()) {
            return List.of(); // each kind would need machines to spare of its own
        }
        List<Plan> owned = sources.stream()
                .filter(s -> s.supply instanceof Supply.Owned)
                .flatMap(s -> full(s).stream())
                .sorted(Comparator.comparingDouble(Plan::requestsPerSecond).reversed())
                .limit(MOST_KINDS)
                .toList();
        if (owned.isEmpty()) {
            return List.of();
        }
        List<Plan> all = new ArrayList<>();
        for (List<Plan> some : choices(owned)) {
            if (demand.requestsPerSecond().isEmpty()) {
                all.add(Plan.together(some));
            } else if (capacity(some) >= demand.requestsPerSecond().getAsDouble()) {
                all.add(shared(some, demand, sources));
            }
        }
        if (demand.requestsPerSecond().isPresent()) {
            double there = capacity(owned) * COUNTED_ON;
            if (there < demand.requestsPerSecond().getAsDouble()) {
                sources.stream()
                        .filter(s -> !(s.supply instanceof Supply.Owned))
                        .flatMap(s -> beside(s, demand.without(there)).stream())
                        .map(added ->
                                Stream.concat(owned.stream(), Stream.of(added)).toList())
                        .forEach(some -> all.add(shared(some, demand, sources)));
            }
        }
        return all;
    }

    /** As much as all machines of a kind can do within the limits. */
    private Optional<Plan> full(Source source) {
        Demand demand = question.demand();
        var most = new Demand(demand.workload(), OptionalDouble.empty(), demand.reliability());
        var pricing = new Pricing(most, question.economy());
        return source.points.stream()
                .flatMap(p -> pricing.plan(p, source.supply).stream())
                .filter(limits::holds)
                .max(Comparator.comparingDouble(Plan::requestsPerSecond));
    }

    /** The cheapest within the limits that takes the rest. */
    private Optional<Plan> beside(Source source, Demand rest) {
        var pricing = new Pricing(rest, question.economy());
        return source.points.stream()
                .flatMap(p -> pricing.plan(p, source.supply).stream())
                .filter(limits::holds)
                .min(Comparator.comparingDouble(p -> p.cost().perMillion()));
    }

    /** Two or more of {@code all}. */
    private static List<List<Plan>> choices(List<Plan> all) {
        List<List<Plan>> choices = new ArrayList<>();
        for (int set = 0; set < 1 << all.size(); set++) {
            if (Integer.bitCount(set) > 1) {
                List<Plan> some = new ArrayList<>();
                for (int i = 0; i < all.size(); i++) {
                    if ((set >> i & 1) == 1) {
                        some.add(all.get(i));
                    }
                }
                choices.add(some);
            }
        }
        return choices;
    }

    private static double capacity(Plan plan) {
        return plan.needed() * plan.point().requestsPerSecond();
    }

    private static double capacity(List<Plan> parts) {
        return parts.stream().mapToDouble(Mixtures::capacity).sum();
    }

    /** Each part at the least concurrency that does its share. */
    private Plan shared(List<Plan> parts, Demand demand, List<Source> sources) {
        double load = demand.requestsPerSecond().orElseThrow() / capacity(parts);
        List<Plan> relaxed = new ArrayList<>();
        for (Plan part : parts) {
            double share = load * capacity(part);
            OperatingPoint point = sources.stream()
                    .filter(s -> s.supply.equals(part.supply()))
                    .flatMap(s -> s.points.stream())
                    .filter(p -> p.deployment().equals(part.deployment())
                            && p.placement().equals(part.placement())
                            && p.requestsPerSecond() * part.needed() >= share
                            && p.concurrency() <= part.concurrency())
                    .min(Comparator.comparingInt(OperatingPoint::concurrency))
                    .orElse(part.point());
            relaxed.add(part(part, point, part.needed(), share));
        }
        return Plan.together(relaxed);
    }

    private Plan part(Plan part, OperatingPoint point, int needed, double perSecond) {
        var pricing = new Pricing(question.demand().at(perSecond), question.economy());
        return pricing.plan(point, part.supply(), needed).orElse(part);
    }

    /** With one copy more of what is not there yet; empty where all is. */
    Optional<Plan> strengthened(Plan mixture) {
        Optional<Plan> weak = mixture.parts().stream()
                .filter(p -> !(p.supply() instanceof Supply.Owned))
                .findFirst();
        return weak.map(added -> {
            List<Plan> parts = mixture.parts().stream()
                    .map(p -> p.supply().equals(added.supply())
                            ? part(p, p.point(), p.needed() + 1, p.requestsPerSecond())
                            : p)
                    .toList();
            double load = question.demand().requestsPerSecond().orElseThrow() / capacity(parts);
            return Plan.together(parts.stream()
                    .map(p -> part(p, p.point(), p.needed(), load * capacity(p)))
                    .toList());
        });
    }
}
