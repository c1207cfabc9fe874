package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;

/** Guards planner/: old and new cards that share a load. */
final class MixturesTest {
    private static final Device OLD = Sample.H100;
    private static final Device NEW = Sample.RTX_4090;
    private static final List<Supply.Owned> BOTH = List.of(new Supply.Owned(OLD, 1, 2), new Supply.Owned(NEW, 1, 8));

    private static Question question(OptionalDouble rate, boolean rent, Constraint... constraints) {
        return new Question(
                "llama-2-70b",
                Sample.LLAMA_70B,
                new Demand(Workload.named("chat"), rate, Reliability.USUAL),
                List.of(constraints),
                new Supplies(BOTH, rent, List.of(), false, Sample.TERMS),
                Economy.USUAL,
                new SearchSpace(List.of(), List.of(), List.of(), 8, false, Hosts.DESKTOP, false),
                new Market(
                        List.of(OLD, NEW),
                        List.of(Sample.rented(OLD, 8, 24).offer()),
                        List.of(),
                        List.of(Sample.api()),
                        List.of()));
    }

    private static Choice choose(Question question) {
        return new Planner(new RooflineForecaster()).choose(question, Progress.NONE);
    }

    private static double most(Choice choice) {
        return choice.front().stream()
                .mapToDouble(Plan::requestsPerSecond)
                .max()
                .orElseThrow();
    }

    @Test
    void togetherTheyServeWhatNeitherCould() {
        Choice all = choose(question(OptionalDouble.empty(), false));
        double alone = all.front().stream()
                .filter(p -> p.parts().isEmpty())
                .mapToDouble(Plan::requestsPerSecond)
                .max()
                .orElseThrow();
        double together = most(all);
        assertThat(together).isGreaterThan(1.05 * alone);
        var limits = new Constraint[] {new Constraint(Measure.TTFT, 10), new Constraint(Measure.TPOT, 1)};
        double wanted = Math.min(1.02 * alone, 0.9 * together);
        Choice choice = choose(question(OptionalDouble.of(wanted), false, limits));
        assertThat(choice.front()).isNotEmpty().allSatisfy(p -> {
            assertThat(p.parts()).hasSize(2);
            assertThat(p.kinds()).contains(OLD.name()).contains(NEW.name());
            assertThat(p.requestsPerSecond()).isCloseTo(wanted, within(1e-6));
            assertThat(p.parts()).allMatch(part -> part.trial().orElseThrow().goodput() >= Trial.GOOD);
            assertThat(p.parts()).allMatch(part -> part.ttft() <= 10 && part.tpot() <= 1);
        });
    }

    @Test
    void theLoadIsSharedByWhatEachCanAndAmountsAddUp() {
        Plan plan = choose(question(OptionalDouble.empty(), false)).front().stream()
                .filter(p -> !p.parts().isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(plan.devices()).isEqualTo(10);
        assertThat(plan.cost().watts())
                .isCloseTo(
                        plan.parts().stream().mapToDouble(p -> p.cost().watts()).sum(), within(1e-6));
        double perHour =
                plan.requestsPerSecond() * 0.4 * 3600 * Workload.named("chat").tokens();
        assertThat(plan.cost().perMillion()).isCloseTo(plan.cost().dollarsPerHour() / perHour * 1e6, within(1e-9));
        assertThat(plan.tpot())
                .isEqualTo(plan.parts().stream().mapToDouble(Plan::tpot).max().orElseThrow());
    }

    @Test
    void whatIsMissingIsRentedBesideThem() {
        double together = most(choose(question(OptionalDouble.empty(), false)));
        Choice choice = choose(question(OptionalDouble.of(3 * together), true));
        Plan mixture = choice.front().stream()
                .filter(p -> !p.parts().isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(mixture.parts()).hasSize(3);
        assertThat(mixture.from()).contains("owned").contains("Cloud");
        Plan rented = choice.front().stream()
                .filter(p -> p.parts().isEmpty())
                .findFirst()
                .orElse(null);
        if (rented != null) {
            assertThat(mixture.devicesOf(Supply.Rented.class)).isLessThan(rented.devices());
        }
        assertThat(Manifests.startCommands(mixture, choice.question()))
                .filteredOn(l -> l.startsWith("vllm serve"))
                .hasSize(3);
        assertThat(Advice.lines(choice).getFirst()).isNotBlank();
    }

    @Test
    void cardsThatAreTooSmallAloneTakeLayersEach() {
        Question question = QuestionReader.read(
                java.util.Map.of(
                        "model", List.of("llama-3.1-70b"),
                        "own", List.of("1xRTX4090,1xRTX3090"),
                        "weights", List.of("q4_k_m")),
                Catalogue.builtIn());
        var forecaster = smelt.planner.time.CalibratedForecaster.builtIn();
        Choice choice = new Planner(forecaster).choose(question, Progress.NONE);
        Plan plan = choice.best();
        assertThat(plan.placement().kind()).isEqualTo(Placement.Kind.STAGES);
        assertThat(plan.devices()).isEqualTo(2);
        double bytes = smelt.planner.model.Counts.weightBytes(
                question.model(), plan.deployment().formats());
        double bound = bytes / 1008e9; // all of it, were both as fast as the 4090
        Plan alone = choice.front().stream()
                .min(java.util.Comparator.comparingInt(Plan::concurrency))
                .orElseThrow();
        assertThat(alone.tpot()).isBetween(bound, 3 * bound);
        assertThat(plan.cost().watts()).isBetween(0.3 * 800, 1.1 * 800);
        assertThat(String.join(" ", Manifests.startCommands(plan, question)))
                .contains("llama-server")
                .contains("--tensor-split");
        assertThat(choice.lost()).anySatisfy(l -> assertThat(l.reason()).contains("are too few"));
    }

    @Test
    void twoEntriesOfOneKindAreTwoSources() {
        Question question = QuestionReader.read(
                java.util.Map.of("model", List.of("llama-3.1-8b"), "own", List.of("2xRTX4090,2xRTX4090")),
                Catalogue.builtIn());
        assertThat(question.supplies().owned()).hasSize(2);
    }
}
