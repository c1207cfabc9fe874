package smelt.planner.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.planner.choice.Advice;
import smelt.planner.choice.ApiCost;
import smelt.planner.choice.BreakEven;
import smelt.planner.choice.Choice;
import smelt.planner.choice.Cost;
import smelt.planner.choice.Lost;
import smelt.planner.choice.Manifests;
import smelt.planner.choice.Plan;
import smelt.planner.choice.Replay;
import smelt.planner.choice.Standby;
import smelt.planner.choice.Workload;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.time.Interval;
import smelt.planner.time.Layout;
import smelt.planner.time.MemoryUse;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A choice for programs, as JSON: names in snake_case, null where a value is not known. */
public final class ChoiceJson {
    private ChoiceJson() {}

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.ALWAYS))
            .build();

    /** What {@code smelt plan --json} prints. */
    public static ObjectNode of(Choice choice) {
        return MAPPER.valueToTree(answer(choice));
    }

    private record Answer(
            String model,
            Requests workload,
            @Nullable Double requestsPerSecond,
            List<String> answer,
            int layoutsTried,
            List<Row> front,
            List<Loser> lost,
            List<Api> apis,
            List<Even> breakEvens,
            List<String> startCommands,
            String kubernetes,
            List<String> assumptions) {}

    /** @param trace null: they are drawn */
    private record Requests(
            String name,
            int input,
            int output,
            double prefixHitShare,
            double burstiness,
            String source,
            @Nullable Played trace) {}

    /**
     * The part of a trace that was played.
     *
     * @param requests of all of it
     * @param first number of the first request of the part; 1: the trace's first
     */
    private record Played(
            String file,
            int requests,
            int first,
            int last,
            double fromSeconds,
            double toSeconds,
            double requestsPerSecond) {}

    private record Row(
            String plan,
            String device,
            String supply,
            String engine,
            String weights,
            Parallel layout,
            int replicas,
            int machines,
            int devices,
            int concurrency,
            double requestsPerSecond,
            double tokensPerSecond,
            Interval ttftMs,
            Interval tpotMs,
            MemoryUse memory,
            double purchaseDollars,
            double dollarsPerHour,
            double dollarsPerMillion,
            double dollarsPerMillionInput,
            double dollarsPerMillionCached,
            double dollarsPerMillionOutput,
            @Nullable Double watts,
            @Nullable Double joulesPerOutputToken,
            Standby standby,
            List<Row> parts,
            @Nullable SimulationResult randomArrivals,
            @Nullable SimulationResult replayedTrace) {}

    private record Parallel(int tensor, int pipeline, int data, int expertTensor, int expert, int prefillDevices) {}

    private record Loser(
            String device, String supply, @Nullable Row best, String reason) {}

    private record Api(String seller, String model, double dollarsPerMillion) {}

    private record Even(
            String plan, String against, @Nullable Double hoursPerYear) {}

    private static Answer answer(Choice choice) {
        var question = choice.question();
        boolean traced = question.demand().workload().replay().isPresent();
        var rate = question.demand().requestsPerSecond();
        return new Answer(
                question.model().name(),
                requests(question.demand().workload()),
                rate.isPresent() ? rate.getAsDouble() : null,
                Advice.lines(choice),
                choice.tried(),
                choice.front().stream().map(p -> row(p, traced)).toList(),
                choice.lost().stream().map(l -> loser(l, traced)).toList(),
                choice.apis().stream().map(ChoiceJson::api).toList(),
                choice.breakEvens().stream().map(ChoiceJson::even).toList(),
                Manifests.startCommands(choice.best(), question),
                Manifests.kubernetes(choice.best(), question),
                choice.assumptions());
    }

    private static Row row(Plan plan, boolean traced) {
        Layout layout = plan.deployment().layout();
        Cost cost = plan.cost();
        return new Row(
                plan.text(),
                plan.kinds(),
                plan.from(),
                plan.deployment().engine().name(),
                plan.deployment().formats().weights().name(),
                new Parallel(
                        layout.tensor(),
                        layout.pipeline(),
                        layout.data(),
                        layout.expertTensor(),
                        layout.expert(),
                        layout.prefillDevices()),
                plan.replicas(),
                plan.machines(),
                plan.devices(),
                plan.concurrency(),
                plan.requestsPerSecond(),
                plan.tokensPerSecond(),
                plan.forecast().ttftMillis(),
                plan.forecast().tpotMillis(),
                plan.forecast().memory(),
                cost.purchase(),
                cost.dollarsPerHour(),
                cost.perMillion(),
                cost.input(),
                cost.cached(),
                cost.output(),
                known(cost.watts()),
                known(cost.joulesPerToken()),
                plan.standby(),
                plan.parts().stream().map(p -> row(p, traced)).toList(),
                traced ? null : plan.trial().orElse(null),
                traced ? plan.trial().orElse(null) : null);
    }

    private static Requests requests(Workload w) {
        return new Requests(
                w.name(),
                w.input(),
                w.output(),
                w.prefixHitShare(),
                w.burstiness(),
                w.source(),
                w.replay().map(ChoiceJson::played).orElse(null));
    }

    private static Played played(Replay replay) {
        return new Played(
                replay.file(),
                replay.requests(),
                replay.first(),
                replay.last(),
                replay.startSeconds(),
                replay.endSeconds(),
                replay.requestsPerSecond());
    }

    private static @Nullable Double known(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static Loser loser(Lost lost, boolean traced) {
        return new Loser(
                lost.device(),
                lost.supply(),
                lost.best().map(p -> row(p, traced)).orElse(null),
                lost.reason());
    }

    private static Api api(ApiCost cost) {
        return new Api(cost.price().seller(), cost.price().model(), cost.perMillion());
    }

    private static Even even(BreakEven even) {
        return new Even(even.plan().text(), even.against(), known(even.hoursPerYear()));
    }
}
