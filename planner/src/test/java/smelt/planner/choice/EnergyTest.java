package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.time.CalibratedForecaster;
import smelt.planner.time.Interval;

/**
 * Guards planner/: joules per token against what was measured at the wall. The lengths are those of MLPerf's Offline
 * runs: about as many tokens in as out for Llama-2-70B (OpenOrca), long articles and short summaries for Llama-3.1-8B
 * (CNN/DailyMail).
 */
final class EnergyTest {
    /** What measured figures and forecasts may differ by; the widest found on first comparison was 25%. */
    private static final double NEAR = 30;

    /** The plan of the most tokens a second of all these devices. */
    private static Plan most(String model, String own, String weights, int input, int output) {
        Question question = QuestionReader.read(
                Map.of(
                        "model", List.of(model),
                        "own", List.of(own),
                        "weights", List.of(weights),
                        "input", List.of("" + input),
                        "output", List.of("" + output)),
                Catalogue.builtIn());
        return new Planner(CalibratedForecaster.builtIn())
                .plans(question, Progress.NONE).stream()
                        .max(Comparator.comparingDouble(Plan::tokensPerSecond))
                        .orElseThrow();
    }

    private static void assertNear(Plan plan, double joules) {
        assertThat(plan.cost().joulesPerToken()).isCloseTo(joules, withPercentage(NEAR));
        Interval rate = plan.forecast().tokensPerSecond();
        double watts = plan.cost().watts();
        assertThat(joules).isBetween(watts / (rate.high() * plan.replicas()), watts / (rate.low() * plan.replicas()));
    }

    /** MLPerf v4.1, 8 x H200: 25,262 tokens/s at 6,153 W. */
    @Test
    void eightH200AnswerForAQuarterOfAJouleEach() {
        Plan plan = most("llama-2-70b", "8xH200", "fp8", 294, 294);
        assertThat(plan.cost().watts()).isCloseTo(6153, withPercentage(1));
        assertNear(plan, 0.244);
    }

    /** 8 x B200 in 4 bits: 0.064 J a token for 8B, 0.101 for 70B. */
    @Test
    void eightB200AnswerForATenthOfAJouleOrLess() {
        assertNear(most("llama-2-70b", "8xB200", "nvfp4", 294, 294), 0.101);
        assertNear(most("llama-3.1-8b", "8xB200", "nvfp4", 778, 73), 0.064);
    }
}
