package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Interval;

/** Guards planner/: what must hold of the answers to any question, and between those to questions that are related. */
final class PlannerPropertiesTest {
    private static final long SEED = Long.getLong("smelt.seed", 20261123);
    private static final int QUESTIONS = Integer.getInteger("smelt.plans", 2);

    private static final List<String> MODELS =
            List.of("llama-3.1-8b", "llama-3.1-70b", "qwen3-32b", "qwen3-30b-a3b", "mixtral-8x7b");
    private static final List<String> DEVICES =
            List.of("h100", "b200", "mi300x", "l40s", "rtx-4090", "a100-80-sxm", "gaudi3", "xeon-6787p");
    private static final Forecaster FORECASTER = CalibratedForecaster.builtIn();
    private static final Catalogue CATALOGUE = Catalogue.builtIn();

    private final Random random = new Random(SEED);

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Map<String, List<String>> drawn() {
        Map<String, List<String>> said = new LinkedHashMap<>();
        said.put("model", List.of(any(MODELS)));
        List<String> devices = new ArrayList<>(DEVICES);
        Collections.shuffle(devices, random);
        said.put("on", devices.subList(0, 2));
        said.put("workload", List.of(any(List.of("chat", "batch", "code"))));
        said.put("rate", List.of(String.valueOf(any(List.of(1, 4, 15, 60)))));
        if (random.nextBoolean()) {
            said.put("ttft", List.of(any(List.of("300ms", "800ms", "3s"))));
        }
        if (random.nextBoolean()) {
            said.put("tpot", List.of(any(List.of("15ms", "40ms", "100ms"))));
        }
        return said;
    }

    private static Question question(Map<String, List<String>> said) {
        return QuestionReader.read(said, CATALOGUE);
    }

    private static Optional<Choice> choice(Question question) {
        try {
            return Optional.of(new Planner(FORECASTER).choose(question, Progress.NONE));
        } catch (Failure e) {
            assertThat(e.nextStep()).isNotBlank();
            return Optional.empty();
        }
    }

    private static Optional<Choice> with(Map<String, List<String>> said, String setting, String value) {
        Map<String, List<String>> other = new LinkedHashMap<>(said);
        other.put(setting, List.of(value));
        return choice(question(other));
    }

    private static String amount(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static double dollars(Optional<Choice> choice) {
        return choice.map(c -> c.best().cost().dollarsPerHour()).orElse(Double.POSITIVE_INFINITY);
    }

    @Test
    void answersHold() {
        for (int i = 0; i < QUESTIONS; i++) {
            Map<String, List<String>> said = drawn();
            String name = "seed " + SEED + ": " + said;
            Question question = question(said);
            Optional<Choice> choice = choice(question);
            choice.ifPresent(c -> c.front().forEach(p -> holds(name, question, p)));
            choice.ifPresent(c -> related(name, said, c));
        }
    }

    private static void holds(String name, Question question, Plan plan) {
        var memory = plan.forecast().memory();
        assertThat(memory.weightBytes() + memory.kvBytes() + memory.activationBytes() + memory.overheadBytes())
                .as(name)
                .isLessThanOrEqualTo(memory.availableBytes());
        assertThat(ordered(plan.forecast().ttftMillis())
                        && ordered(plan.forecast().tpotMillis()))
                .as(name)
                .isTrue();
        assertThat(new Ranking(question.constraints()).holds(plan)).as(name).isTrue();
        assertThat(plan.load()).as(name).isBetween(0.0, 1 + 1e-9);
        double tokensPerHour = plan.requestsPerSecond()
                * question.economy().utilisation()
                * 3600
                * question.demand().workload().tokens();
        assertThat(plan.cost().perMillion() * tokensPerHour / 1e6)
                .as(name)
                .isCloseTo(plan.cost().dollarsPerHour(), withPercentage(1e-6));
        var device = plan.deployment().layout().device();
        double read = plan.forecast().memory().weightBytes()
                / device.memoryBandwidth().value()
                * 1e3;
        boolean isDense = !question.model().name().matches("mixtral.*|.*-a3b");
        assertThat(!isDense
                        || plan.forecast().tpotMillis().high()
                                > read / plan.deployment().layout().pipeline())
                .as(name)
                .isTrue();
    }

    private static boolean ordered(Interval i) {
        return i.low() > 0 && i.low() <= i.value() && i.value() <= i.high() && Double.isFinite(i.high());
    }

    private static void related(String name, Map<String, List<String>> said, Choice choice) {
        double dollars = choice.best().cost().dollarsPerHour();
        int rate = Integer.parseInt(said.getOrDefault("rate", List.of("1")).getFirst());
        assertThat(dollars(with(said, "rate", String.valueOf(2 * rate))))
                .as("%s, twice the rate", name)
                .isGreaterThanOrEqualTo(dollars * (1 - 1e-9));
        double ttft = choice.best().ttft();
        assertThat(dollars(with(said, "ttft", amount(0.7 * ttft * 1e3) + "ms")))
                .as("%s, a tighter limit", name)
                .isGreaterThanOrEqualTo(dollars * (1 - 1e-9));
        assertThat(dollars(with(said, "budget", amount(dollars * 1.001) + "/h")))
                .as("%s, a budget for it", name)
                .isEqualTo(dollars);
    }

    @Test
    void relaxationsAreEnough() {
        int told = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            Map<String, List<String>> said = drawn();
            said.put("ttft", List.of(any(List.of("1ms", "100ms", "200ms"))));
            said.put("budget", List.of(any(List.of("0.5/h", "3/h", "10/h"))));
            Question question = question(said);
            if (choice(question).isPresent()) {
                continue;
            }
            List<Plan> plans = new Planner(FORECASTER).plans(question, Progress.NONE);
            for (Relaxation r : new Relaxations(question, FORECASTER).of(question.constraints(), plans)) {
                List<Constraint> relaxed = new ArrayList<>(question.constraints());
                relaxed.remove(r.constraint());
                relaxed.add(new Constraint(r.constraint().measure(), r.least()));
                assertThat(r.excess()).isGreaterThan(1);
                assertThat(choice(question.with(relaxed)))
                        .as("seed %d: %s, %s", SEED, said, r.text())
                        .isPresent();
                told++;
            }
        }
        assertThat(told).as("seed %d", SEED).isPositive();
    }

    private static Map<String, List<String>> said(String... settings) {
        Map<String, List<String>> said = new LinkedHashMap<>();
        for (String setting : settings) {
            String[] parts = setting.split("=");
            said.put(parts[0], List.of(parts[1]));
        }
        return said;
    }

    @Test
    void aLargeFleetIsPlayedUntilItsLoadSettles() {
        var said = said("model=llama-3.1-70b", "workload=batch", "on=b200", "buy=true");
        double few = dollars(with(said, "throughput", "5000"));
        Plan many = with(said, "throughput", "50000").orElseThrow().best();
        assertThat(many.cost().dollarsPerHour()).isLessThanOrEqualTo(10 * few * (1 + 1e-9));
        assertThat(many.replicas() * many.concurrency()).isGreaterThan(2000);
        assertThat(many.trial().orElseThrow().requests()).isGreaterThan(1000);
    }

    @Test
    void thousandsOfCopiesArePlayedInLittleMemory() {
        var said = said("model=llama-3.1-8b", "on=rtx-3090", "buy=true");
        assertThat(with(said, "rate", "2/d").orElseThrow().best().replicas()).isOne();
        Plan many = with(said, "rate", "10000").orElseThrow().best();
        assertThat(many.replicas()).isGreaterThan(1000);
        assertThat(many.trial()).isPresent();
    }

    @Test
    void copiesThatQueuesNeedAndALimitForbidsAreToldByThatLimit() {
        Question question =
                question(said("model=llama-3.1-70b", "rate=5", "on=h200", "on-premises=true", "power=800W"));
        Failure failure =
                catchThrowableOfType(Failure.class, () -> new Planner(FORECASTER).choose(question, Progress.NONE));
        assertThat(failure.what())
                .contains("where requests come when they like", "power", "over 800 W")
                .doesNotContain("100%");
        assertThat(failure.nextStep()).contains("with a rate of", "rather than 800 W");
    }

    @Test
    void manySmallDevicesAreTriedWhereRequestsComeInBursts() {
        var said = said("model=qwen2.5-7b", "workload=code", "rate=10", "ttft=300ms", "tpot=10ms");
        assertThat(with(said, "on", "rtx-5090").orElseThrow().best().replicas()).isGreaterThan(10);
    }
}
