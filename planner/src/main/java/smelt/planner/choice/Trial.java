package smelt.planner.choice;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.simulation.Arrivals;
import smelt.planner.simulation.Lengths;
import smelt.planner.simulation.Limits;
import smelt.planner.simulation.Outage;
import smelt.planner.simulation.SchedulerSettings;
import smelt.planner.simulation.Service;
import smelt.planner.simulation.Simulation;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.simulation.Window;
import smelt.planner.time.Forecaster;

/**
 * Plays requests against plans: they come when they like and are longer and shorter than the mean, as those of users
 * are and those of a closed loop are not.
 */
final class Trial {
    /** Requests that must be answered within the limits. */
    static final double GOOD = 0.9;

    private static final long SEED = 7;
    private static final long REQUESTS = 2000;
    private static final int PREFIXES = 8;
    private static final int MOST_TRIES = 6;
    private static final int MOST_REPLICAS = 512;
    private static final double NO_LIMIT = 1e6;
    private static final double FOR_GOOD = 1e9;

    private final Question question;
    private final Forecaster forecaster;
    private final Arrivals arrivals;
    private final Window window;
    private final Limits limits;

    /** Of a question that tells a rate. */
    Trial(Question question, Forecaster forecaster) {
        this.question = question;
        this.forecaster = forecaster;
        Workload w = question.demand().workload();
        double rate = question.demand().requestsPerSecond().orElseThrow();
        arrivals = w.replay().map(replay -> replay.arrivals(rate)).orElseGet(() -> drawn(w, rate));
        window = w.replay().map(Replay::window).orElse(new Window(REQUESTS / 10, REQUESTS));
        limits = new Limits(limit(Measure.TTFT), limit(Measure.TPOT));
    }

    private static Arrivals drawn(Workload w, double rate) {
        Lengths lengths = Lengths.uniform(half(w.input()), 3 * half(w.input()), half(w.output()), 3 * half(w.output()))
                .withPrefix(w.prefixHitShare(), PREFIXES);
        return Arrivals.gamma(rate, w.burstiness(), REQUESTS, lengths, SEED);
    }

    private static int half(int tokens) {
        return Math.max(1, tokens / 2);
    }

    private double limit(Measure measure) {
        return question.constraints().stream()
                .filter(c -> c.measure() == measure)
                .mapToDouble(Constraint::most)
                .min()
                .orElse(NO_LIMIT);
    }

    /** Whether nine of ten requests were answered within the limits, or nobody tried. */
    static boolean isGood(Plan plan) {
        return plan.trial().map(r -> r.goodput() >= GOOD && !r.saturated()).orElse(true);
    }

    /** The plan with as many more copies as queues need, or the last that was tried. */
    Plan strengthened(Plan plan) {
        if (plan.replicas() > MOST_REPLICAS || plan.placement().kind() != Placement.Kind.NOTHING) {
            return plan;
        }
        Plan stronger = played(plan);
        for (int i = 1; i < MOST_TRIES && !isGood(stronger); i++) {
            Optional<Plan> next = more(stronger);
            if (next.isEmpty()) {
                break;
            }
            stronger = played(next.get());
        }
        return stronger;
    }

    private Optional<Plan> more(Plan plan) {
        if (!plan.parts().isEmpty()) {
            return new Mixtures(question).strengthened(plan);
        }
        int more = plan.needed() + Math.max(1, plan.needed() / 4);
        return new Pricing(question.demand(), question.economy()).plan(plan.point(), plan.supply(), more);
    }

    /** Against each part its share of the requests. */
    private Plan played(Plan plan) {
        return plan.parts().isEmpty()
                ? plan.with(run(plan))
                : Plan.together(plan.parts().stream()
                        .map(p -> p.with(new Trial(at(p.requestsPerSecond()), forecaster).run(p)))
                        .toList());
    }

    private Question at(double perSecond) {
        return question.with(question.demand().at(perSecond));
    }

    private SimulationResult run(Plan plan) {
        SchedulerSettings usual =
                SchedulerSettings.of(plan.deployment().engine().name());
        SchedulerSettings settings = usual.withMaxRunning(Math.min(usual.maxRunning(), plan.mostRunning()));
        var service = new Service(forecaster.clock(plan.deployment()), settings)
                .withReplicas(plan.replicas())
                .withOutages(outages(plan));
        return Simulation.run(service, arrivals, window, limits);
    }

    /** Machines that may be away go at once, after a third of the requests, and do not come back. */
    private List<Outage> outages(Plan plan) {
        double when = (window.skip() + window.count())
                / question.demand().requestsPerSecond().orElseThrow()
                / 3;
        return IntStream.range(0, plan.standby().copies())
                .mapToObj(copy -> new Outage(copy, when, FOR_GOOD))
                .toList();
    }

    /** What is said where queues break the limits whatever is taken. */
    Failure refusal(List<Plan> played) {
        Plan best = played.stream()
                .max(Comparator.comparingDouble(
                        p -> p.trial().map(SimulationResult::goodput).orElse(0.0)))
                .orElseThrow();
        SimulationResult result = best.trial().orElseThrow();
        return Failure.of(
                        FailureCode.INVALID_ARGUMENT,
                        (question.demand().workload().replay().isPresent()
                                        ? "Where the trace is played, "
                                        : "Where requests come when they like, ")
                                + Texts.number(100 * result.goodput())
                                + "% of them at most are answered within the limits, by " + best.text())
                .withNextStep("nine of ten would be with a time to the first token of "
                        + Texts.seconds(result.ttft().p90()) + " and a time per output token of "
                        + Texts.seconds(result.tpot().p90()));
    }
}
