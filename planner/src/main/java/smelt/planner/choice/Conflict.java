package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Device;
import smelt.planner.model.NumberFormats;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.time.Forecaster;

/** Why nothing holds all constraints, and the least that would have to give. */
final class Conflict {
    private static final int MOST_DEVICES = 64;

    private final Question question;
    private final Forecaster forecaster;
    private final Progress progress;

    Conflict(Question question, Forecaster forecaster, Progress progress) {
        this.question = question;
        this.forecaster = forecaster;
        this.progress = progress;
    }

    Failure explain(Search.Found found) {
        return found.plans().isEmpty() ? nothingFits(found) : contradiction(found.plans());
    }

    /** @param failed what held all limits until requests came when they liked */
    Failure explain(Search.Found found, List<Plan> failed) {
        var ranking = new Ranking(question.constraints());
        Plan best = failed.stream()
                .max(Comparator.comparing(Trial::isGood)
                        .thenComparingDouble(
                                p -> p.trial().map(SimulationResult::goodput).orElse(0.0)))
                .orElseThrow();
        var search = new Relaxations(question, forecaster);
        List<String> ways = new ArrayList<>();
        search.slower(best).ifPresent(rate -> ways.add("with a rate of " + Texts.number(rate) + "/s: " + best.text()));
        List<Relaxation> relaxations = search.of(question.constraints(), found.plans());
        if (!relaxations.isEmpty()) {
            ways.add(texts(relaxations));
        }
        return Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        "Nothing that can be had does this: " + ranking.failure(best)
                                + (Trial.isGood(best) ? "" : ", by " + best.text()))
                .withNextStep(
                        ways.isEmpty() ? "take more or other machines" : "it would do " + String.join("; or ", ways));
    }

    private Failure contradiction(List<Plan> here) {
        List<Constraint> minimal = new ArrayList<>(question.constraints());
        for (Constraint constraint : question.constraints()) { // each that is not needed for the contradiction goes
            minimal.remove(constraint);
            if (here.stream().anyMatch(new Ranking(minimal)::holds)) {
                minimal.add(constraint);
            }
        }
        List<Constraint> asked = minimal.stream()
                .sorted(Comparator.comparing(Constraint::measure))
                .toList();
        String what = asked.size() == 1
                ? "Nothing that can be had does this: " + asked.getFirst().text()
                : "These contradict each other: "
                        + String.join("; ", asked.stream().map(Constraint::text).toList());
        return Failure.of(FailureCode.INVALID_ARGUMENT, what).withNextStep(step(here));
    }

    private String step(List<Plan> here) {
        var search = new Relaxations(question, forecaster);
        List<Relaxation> relaxations = search.of(question.constraints(), here);
        String place = "";
        if (relaxations.isEmpty()) {
            List<Constraint> all = new ArrayList<>(question.constraints());
            all.addAll(implied());
            relaxations = search.of(all, opened().plans());
            place = "with other machines ";
        }
        if (!relaxations.isEmpty()) {
            return "it would do " + place + texts(relaxations);
        }
        var ranking = new Ranking(question.constraints());
        Plan nearest = ranking.nearest(here).orElseThrow();
        List<String> values = question.constraints().stream()
                .filter(c -> !c.holds(nearest))
                .map(c ->
                        c.measure().title() + " " + c.measure().text(c.measure().of(nearest)))
                .toList();
        return "no single one helps; the nearest is " + nearest.text() + " (" + nearest.from() + ") with "
                + String.join(", ", values);
    }

    private static String texts(List<Relaxation> relaxations) {
        return String.join(
                "; or ", relaxations.stream().limit(3).map(Relaxation::text).toList());
    }

    /** What the choice of supplies says in constraints. */
    private List<Constraint> implied() {
        Supplies supplies = question.supplies();
        if (!supplies.rent() && !supplies.buy()) {
            return List.of(new Constraint(Measure.NOT_OWNED, 0));
        }
        return supplies.buy() ? List.of() : List.of(new Constraint(Measure.BOUGHT, 0));
    }

    private Search.Found opened() {
        return new Search(question.with(question.supplies().opened()), forecaster, progress).run();
    }

    private Failure nothingFits(Search.Found found) {
        String reasons = String.join(
                "; ",
                found.unfit().stream()
                        .limit(4)
                        .map(l -> l.device() + (l.supply().isEmpty() ? "" : " (" + l.supply() + ")") + " " + l.reason())
                        .toList());
        Failure failure = Failure.of(
                FailureCode.INVALID_ARGUMENT,
                found.unfit().isEmpty()
                        ? "No machine can be had: no owned one, no offer and no price is known for what is asked"
                        : question.model().name() + ": no machine that can be had serves it: " + reasons);
        return failure.withNextStep(room());
    }

    /** The fewest bits, and the fewest devices, with which it would fit. */
    private String room() {
        List<Device> devices = question.space().devices().isEmpty()
                ? question.supplies().owned().stream().map(Supply.Owned::kind).toList()
                : question.space().devices();
        List<NumberFormats> small = List.of(NumberFormats.named("q8_0"), NumberFormats.named("int4"));
        SearchSpace space = question.space();
        Search.Found more = new Search(
                        question.with(question.supplies().opened())
                                .with(new SearchSpace(
                                        devices,
                                        space.formats(),
                                        space.engines(),
                                        MOST_DEVICES,
                                        false,
                                        space.host(),
                                        false)),
                        forecaster,
                        progress)
                .run();
        Search.Found smaller = new Search(
                        question.with(new SearchSpace(
                                devices, small, space.engines(), space.mostDevices(), false, space.host(), false)),
                        forecaster,
                        progress)
                .run();
        List<String> ways = new ArrayList<>();
        slower().ifPresent(p -> ways.add("with a rate of " + Texts.number(p.requestsPerSecond()) + "/s: " + p.text()));
        fewest(smaller).ifPresent(p -> ways.add("with smaller weights: " + p.text()));
        fewest(more).ifPresent(p -> ways.add("with more devices: " + p.text() + " (" + p.from() + ")"));
        return ways.isEmpty()
                ? "nothing in the catalogue has room for it"
                : "it would do " + String.join("; or ", ways);
    }

    /** The most requests a second that the same machines can do. */
    private Optional<Plan> slower() {
        Demand demand = question.demand();
        if (demand.requestsPerSecond().isEmpty()) {
            return Optional.empty();
        }
        var asMany = new Demand(demand.workload(), OptionalDouble.empty(), demand.reliability());
        var ranking = new Ranking(question.constraints());
        var search = new Search(question.with(asMany), forecaster, progress);
        return search.run().plans().stream()
                .filter(ranking::holds)
                .max(Comparator.comparingDouble(Plan::requestsPerSecond));
    }

    private static Optional<Plan> fewest(Search.Found found) {
        return found.plans().stream()
                .min(Comparator.comparingInt(Plan::devices)
                        .thenComparingDouble(p -> p.cost().perMillion()));
    }
}
