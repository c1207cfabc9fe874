package smelt.planner.choice;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import smelt.planner.simulation.Limits;
import smelt.planner.simulation.Outage;
import smelt.planner.simulation.SchedulerSettings;
import smelt.planner.simulation.Service;
import smelt.planner.simulation.Simulation;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.simulation.SimulationResult.Saturation;
import smelt.planner.time.Forecaster;

/**
 * Plays requests against plans: they come when they like and are longer and shorter than the mean, as those of users
 * are and those of a closed loop are not.
 */
final class Trial {
    /** Requests that must be answered within the limits. */
    static final double GOOD = 0.9;

    private static final int MOST_TRIES = 6;
    private static final double NO_LIMIT = 1e6;
    private static final double FOR_GOOD = 1e9;

    private final Question question;
    private final Forecaster forecaster;
    private final Limits limits;

    /** Of a question that tells a rate. */
    Trial(Question question, Forecaster forecaster) {
        this.question = question;
        this.forecaster = forecaster;
        limits = new Limits(limit(Measure.TTFT), limit(Measure.TPOT));
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

    /** What became of requests that were played against {@code plan}, where that was not good. */
    static String text(Plan plan) {
        SimulationResult result = plan.trial().orElseThrow();
        if (result.goodput() < GOOD) {
            return Texts.number(100 * result.goodput()) + "% of them are answered within the limits";
        }
        return result.saturation().contains(Saturation.KV_FULL)
                ? "they wait for room for their keys and values"
                : "more come than are answered";
    }

    /** The plan with as many more copies as queues need, or the last that was tried. */
    Plan strengthened(Plan plan) {
        if (plan.placement().kind() != Placement.Kind.NOTHING) {
            return plan;
        }
        Plan weak = plan;
        Plan stronger = played(plan);
        for (int i = 1; i < MOST_TRIES && !isGood(stronger); i++) {
            Optional<Plan> next = more(stronger);
            if (next.isEmpty()) {
                break;
            }
            weak = stronger;
            stronger = played(next.get());
        }
        return stronger.parts().isEmpty() && isGood(stronger) ? fewest(weak, stronger) : stronger;
    }

    /** The fewest copies that will do: more than {@code weak} has, and {@code enough} has no more. */
    private Plan fewest(Plan weak, Plan enough) {
        if (enough.needed() - weak.needed() < 2) {
            return enough;
        }
        int half = (weak.needed() + enough.needed()) / 2;
        Optional<Plan> between = with(enough, half).map(this::played);
        if (between.isEmpty()) {
            return enough;
        }
        return isGood(between.get()) ? fewest(weak, between.get()) : fewest(between.get(), enough);
    }

    private Optional<Plan> more(Plan plan) {
        if (!plan.parts().isEmpty()) {
            return new Mixtures(question).strengthened(plan);
        }
        for (int added = plan.needed(); added > 0; added /= 2) {
            Optional<Plan> next = with(plan, plan.needed() + added);
            if (next.isPresent()) {
                return next;
            }
        }
        return Optional.empty();
    }

    /** The plan with so many copies; empty where they cannot be had. */
    Optional<Plan> with(Plan plan, int needed) {
        return new Pricing(question.demand(), question.economy()).plan(plan.point(), plan.supply(), needed);
    }

    /** Against each part its share of the requests. */
    Plan played(Plan plan) {
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
        var audience = Audience.of(plan, question.demand());
        var service = new Service(forecaster.clock(plan.deployment()), settings)
                .withReplicas(audience.copies() + audience.lost())
                .withOutages(outages(audience));
        return Simulation.run(service, audience.arrivals(), audience.window(), limits);
    }

    /** Machines that may be away go at once, after a third of the requests, and do not come back. */
    private static List<Outage> outages(Audience audience) {
        double when = audience.seconds() / 3;
        return IntStream.range(0, audience.lost())
                .mapToObj(copy -> new Outage(copy, when, FOR_GOOD))
                .toList();
    }
}
