package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;
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

    private static final Supplies ANY = new Supplies(List.of(), true, List.of(), true, false);

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
        var owned = new Supplies(List.of(new Supply.Owned(Sample.RTX_4090, 1, 8)), false, List.of(), false, false);
        assertThat(choose(question(owned)).best().supply()).isInstanceOf(Supply.Owned.class);
        Failure failure = refusal(question(owned, new Constraint(Measure.TPOT, 0.012)));
        assertThat(failure.nextStep()).contains("rather than");
    }

    @Test
    void buyingBreaksEvenAgainstRentAndApi() {
        Choice choice = choose(question(ANY));
        assertThat(choice.apis()).hasSize(1);
        assertThat(choice.breakEvens()).hasSize(2).allMatch(e -> e.hoursPerYear() > 0);
        assertThat(choice.breakEvens().getFirst().isReachable()).isTrue();
    }

    @Test
    void sparesAddMachines() {
        Question plain = question(ANY);
        var spare = new Question(
                plain.modelName(),
                plain.model(),
                new Demand(plain.demand().workload(), plain.demand().requestsPerSecond(), 1),
                plain.constraints(),
                plain.supplies(),
                plain.economy(),
                plain.space(),
                plain.market());
        assertThat(choose(spare).best().cost().dollarsPerHour())
                .isGreaterThan(choose(plain).best().cost().dollarsPerHour());
    }
}
