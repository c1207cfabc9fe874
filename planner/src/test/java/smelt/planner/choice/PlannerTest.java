package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Offer;
import smelt.planner.model.NumberFormats;

/** Guards planner/: what is chosen, why others lose, and what is said where nothing can win. */
final class PlannerTest {
    private static final Market MARKET = new Market(
            List.of(Sample.H100, Sample.RTX_4090),
            List.of(
                    Sample.rented(Sample.H100, 8, 24).offer(),
                    Sample.rented(Sample.RTX_4090, 8, 3.2).offer()),
            List.of(
                    Sample.bought(Sample.H100, 30000, 6000).purchase(),
                    Sample.bought(Sample.RTX_4090, 2000, 800).purchase()),
            List.of(Sample.api()),
            List.of());

    private static final Supplies ANY = new Supplies(List.of(), true, List.of(), true, Sample.TERMS);

    private static Question question(Supplies supplies, Constraint... constraints) {
        return new Question(
                "llama-2-70b",
                Sample.LLAMA_70B,
                Sample.demand(2),
                List.of(constraints),
                supplies,
                Economy.USUAL,
                new SearchSpace(List.of(), List.of(), List.of(), 8, false, Hosts.DESKTOP, false),
                MARKET);
    }

    private static Choice choose(Question question) {
        return new Planner(new RooflineForecaster()).choose(question, Progress.NONE);
    }

    private static Failure refusal(Question question) {
        return catchThrowableOfType(Failure.class, () -> choose(question));
    }

    @Test
    void theFrontIsWhatNothingBeats() {
        Choice choice = choose(question(ANY));
        assertThat(choice.front())
                .isNotEmpty()
                .isSortedAccordingTo(
                        (a, b) -> Double.compare(a.cost().perMillion(), b.cost().perMillion()));
        for (Plan a : choice.front()) {
            assertThat(choice.front())
                    .noneMatch(b -> b != a
                            && b.cost().perMillion() <= a.cost().perMillion()
                            && b.ttft() <= a.ttft()
                            && b.tpot() <= a.tpot()
                            && b.cost().watts() <= a.cost().watts());
        }
        assertThat(choice.lost()).allSatisfy(l -> assertThat(l.reason()).isNotBlank());
        assertThat(choice.assumptions()).anyMatch(a -> a.contains("A roofline"));
    }

    @Test
    void everyPlanOfTheFrontHoldsTheConstraints() {
        Choice choice = choose(question(ANY, new Constraint(Measure.TTFT, 0.5), new Constraint(Measure.TPOT, 0.06)));
        assertThat(choice.front()).allMatch(p -> p.ttft() <= 0.5 && p.tpot() <= 0.06);
    }

    @Test
    void aPlanHasEnoughReplicasForTheRate() {
        Choice choice = choose(question(ANY));
        assertThat(choice.front())
                .allMatch(p -> p.load() <= 1 + 1e-9)
                .allMatch(p -> p.tokensPerSecond() >= 2 * Workload.named("chat").output() * (1 - 1e-9));
    }

    @Test
    void pricesOfTokensAddUpToThePriceOfTheMix() {
        Workload chat = Workload.named("chat");
        for (Plan plan : choose(question(ANY)).front()) {
            double mix = (chat.input() * plan.cost().input()
                            + chat.output() * plan.cost().output())
                    / chat.tokens();
            assertThat(mix).isCloseTo(plan.cost().perMillion(), org.assertj.core.data.Percentage.withPercentage(0.01));
        }
    }

    @Test
    void whatCannotFitIsSaidToNotFit() {
        var space = new SearchSpace(
                List.of(Sample.RTX_4090),
                List.of(NumberFormats.named("bf16")),
                List.of(),
                4,
                false,
                Hosts.DESKTOP,
                false);
        Failure failure = refusal(question(ANY).with(space));
        assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
        assertThat(failure.what())
                .contains("no machine that can be had serves it")
                .contains("RTX 4090");
        assertThat(failure.nextStep()).contains("with smaller weights").contains("with more devices");
    }

    @Test
    void contradictionsNameTheConstraintsAndTheSmallestRelaxation() {
        Failure failure = refusal(question(
                ANY,
                new Constraint(Measure.TPOT, 0.001),
                new Constraint(Measure.TTFT, 10),
                new Constraint(Measure.WATTS, 1e9)));
        assertThat(failure.what())
                .contains("time per output token at most 1 ms")
                .doesNotContain("power");
        assertThat(failure.nextStep()).contains("with time per output token ").contains("rather than 1 ms");
    }

    @Test
    void twoThatContradictEachOtherAreBothNamed() {
        Choice free = choose(question(ANY));
        double fastest = free.front().stream().mapToDouble(Plan::tpot).min().orElseThrow();
        double cheapest = free.best().cost().perMillion();
        assertThat(free.best().tpot()).isGreaterThan(fastest);
        Failure failure = refusal(
                question(ANY, new Constraint(Measure.TPOT, fastest), new Constraint(Measure.PER_MILLION, cheapest)));
        assertThat(failure.what())
                .startsWith("These contradict each other")
                .contains("cost per million")
                .contains("time per output token");
        assertThat(failure.nextStep()).contains("; or ");
    }

    @Test
    void ownedMachinesThatAreTooFewAreNotEnough() {
        var owned =
                new Supplies(List.of(new Supply.Owned(Sample.RTX_4090, 1, 8)), false, List.of(), false, Sample.TERMS);
        assertThat(choose(question(owned)).best().supply()).isInstanceOf(Supply.Owned.class);
        Failure failure = refusal(question(owned, new Constraint(Measure.TPOT, 0.012)));
        assertThat(failure.nextStep()).contains("rather than");
    }

    @Test
    void moreCopiesThanAreEverPlayedAreStillAnAnswer() {
        Question q = question(ANY);
        assertThat(choose(q.with(q.demand().at(1e5))).best().replicas()).isGreaterThan(512);
    }

    @Test
    void buyingBreaksEvenAgainstRentAndApi() {
        Choice choice = choose(question(ANY));
        assertThat(choice.apis()).hasSize(1);
        assertThat(choice.breakEvens()).hasSize(2).allMatch(e -> e.hoursPerYear() > 0);
        assertThat(choice.breakEvens().getFirst().isReachable()).isTrue();
    }

    @Test
    void hoursOfUseBreakEvenForTheSameWorkAndAgainstWhatIsPaidByTheHour() {
        Question open =
                question(ANY).with(new Demand(Workload.named("chat"), OptionalDouble.empty(), Reliability.USUAL));
        for (BreakEven even : choose(open).breakEvens()) {
            Plan bought = even.plan();
            double millions =
                    bought.requestsPerSecond() * 3600 * open.demand().workload().tokens() / 1e6;
            double perYear = even.hoursPerYear() * millions;
            Economy e = open.economy();
            double own = bought.cost().purchase() / e.years()
                    + even.hoursPerYear() * bought.cost().watts() / 1e3 * e.pue() * e.dollarsPerKwh();
            double theirs = even.against().startsWith("the API")
                    ? choose(open).apis().getFirst().perMillion()
                    : open.economy().utilisation()
                            * choose(open.with(new Supplies(List.of(), true, List.of(), false, Sample.TERMS)))
                                    .best()
                                    .cost()
                                    .perMillion();
            assertThat(own).isCloseTo(perYear * theirs, org.assertj.core.data.Percentage.withPercentage(0.1));
        }
        var reserved = new Market(
                MARKET.devices(),
                List.of(Sample.rented(Sample.H100, 8, 24, Offer.Terms.RESERVED_3Y)
                        .offer()),
                MARKET.purchases(),
                List.of(),
                List.of());
        Question q = question(ANY);
        Choice choice = choose(new Question(
                q.modelName(), q.model(), q.demand(), q.constraints(), ANY, q.economy(), q.space(), reserved));
        assertThat(choice.breakEvens()).isEmpty();
    }

    private static Question asked(Supplies supplies, Reliability rules, Constraint... constraints) {
        Question q = question(supplies, constraints);
        Demand demand = new Demand(q.demand().workload(), q.demand().requestsPerSecond(), rules);
        return q.with(demand);
    }

    private static Reliability surviving(int machines) {
        Reliability r = Reliability.USUAL;
        return new Reliability(
                machines,
                OptionalDouble.empty(),
                r.hoursBetweenFailures(),
                r.repairHours(),
                r.replaceHours(),
                r.interruptionsPerHour(),
                r.diskBytesPerSecond());
    }

    private static Constraint[] covered() {
        return new Constraint[] {
            new Constraint(Measure.TTFT, 3),
            new Constraint(Measure.TPOT, 0.1),
            new Constraint(Measure.SPOT, 0),
            new Constraint(Measure.MISSING_SPARES, 0)
        };
    }

    @Test
    void whatMayFailIsThereTwiceAndHoldsTheLimitsWhileItIsAway() {
        Choice plain = choose(question(ANY, covered()));
        Choice spare = choose(asked(ANY, surviving(1), covered()));
        assertThat(spare.best().cost().dollarsPerHour())
                .isGreaterThan(plain.best().cost().dollarsPerHour());
        assertThat(spare.front()).allSatisfy(p -> {
            assertThat(p.standby().machines()).isEqualTo(1);
            assertThat(p.standby().copies()).isPositive().isLessThan(p.replicas());
            assertThat(p.trial().orElseThrow().goodput()).isGreaterThanOrEqualTo(Trial.GOOD);
        });
        assertThat(spare.losses(spare.best()).getFirst()).contains("1 machine may be away");
        assertThat(plain.losses(plain.best())).isEmpty();
    }

    @Test
    void machinesThatAreTooFewToLoseOneSaySo() {
        var owned = new Supplies(List.of(new Supply.Owned(Sample.H100, 1, 8)), false, List.of(), false, Sample.TERMS);
        Failure failure = refusal(asked(owned, surviving(1), covered()));
        assertThat(failure.what()).contains("machines to spare");
        assertThat(failure.nextStep()).contains("without 'machines to spare'");
    }

    @Test
    void spotMachinesAreCoveredAndNeverTakenWhereAvailabilityIsAsked() {
        var market = new Market(
                List.of(Sample.H100),
                List.of(
                        Sample.rented(Sample.H100, 8, 24).offer(),
                        Sample.rented(Sample.H100, 8, 4, Offer.Terms.SPOT).offer()),
                List.of(),
                List.of(),
                List.of());
        Question q = question(ANY, covered()).with(List.of());
        Question open =
                new Question(q.modelName(), q.model(), q.demand(), List.of(), ANY, q.economy(), q.space(), market);
        Choice cheap = choose(open);
        Plan spot = cheap.best();
        assertThat(Reliability.isSpot(spot.supply())).isTrue();
        assertThat(spot.standby().machines()).isPositive();
        assertThat(spot.standby().lossesPerHour()).isGreaterThan(1 / 24.0);
        assertThat(spot.standby().lostShare()).isBetween(0.001, 0.05);
        Choice sure = choose(open.with(List.of(covered())));
        assertThat(sure.front()).noneMatch(p -> Reliability.isSpot(p.supply()));
        assertThat(sure.lost()).anySatisfy(l -> assertThat(l.reason()).contains("no spot machines"));
    }

    @Test
    void othersLoseByWhatIsWorseOnly() {
        for (Lost lost : choose(question(ANY)).lost()) {
            for (String part : lost.reason().split(", ")) {
                if (part.contains(" ms rather than ")) {
                    double[] values = java.util.regex.Pattern.compile("([\\d.]+) ms")
                            .matcher(part)
                            .results()
                            .mapToDouble(r -> Double.parseDouble(r.group(1)))
                            .toArray();
                    assertThat(values[1]).as(lost.reason()).isGreaterThan(1.04 * values[0]);
                }
            }
        }
    }

    @Test
    void anEngineIsNotPlannedWhereItCannotRun() {
        var smelt = new SearchSpace(List.of(), List.of(), List.of("smelt"), 8, false, Hosts.DESKTOP, false);
        Failure refused = refusal(question(ANY).with(smelt));
        assertThat(refused.toString()).contains("smelt cannot run on it");
    }
}
