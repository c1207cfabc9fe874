package smelt.cli;

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
import smelt.planner.choice.Standby;
import smelt.planner.choice.Workload;
import smelt.planner.simulation.SimulationResult;
import smelt.planner.time.Interval;
import smelt.planner.time.Layout;
import smelt.planner.time.MemoryUse;

/** A choice for programs. */
final class PlanJson {
    private PlanJson() {}

    record Answer(
            String model,
            Workload workload,
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

    record Row(
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
            @Nullable SimulationResult randomArrivals) {}

    record Parallel(int tensor, int pipeline, int data, int expertTensor, int expert, int prefillDevices) {}

    record Loser(String device, String supply, @Nullable Row best, String reason) {}

    record Api(String seller, String model, double dollarsPerMillion) {}

    record Even(String plan, String against, @Nullable Double hoursPerYear) {}

    static Answer of(Choice choice) {
        var question = choice.question();
        var rate = question.demand().requestsPerSecond();
        return new Answer(
                question.model().name(),
                question.demand().workload(),
                rate.isPresent() ? rate.getAsDouble() : null,
                Advice.lines(choice),
                choice.tried(),
                choice.front().stream().map(PlanJson::row).toList(),
                choice.lost().stream().map(PlanJson::loser).toList(),
                choice.apis().stream().map(PlanJson::api).toList(),
                choice.breakEvens().stream().map(PlanJson::even).toList(),
                Manifests.startCommands(choice.best(), question),
                Manifests.kubernetes(choice.best(), question),
                choice.assumptions());
    }

    private static Row row(Plan plan) {
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
                plan.parts().stream().map(PlanJson::row).toList(),
                plan.trial().orElse(null));
    }

    private static @Nullable Double known(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static Loser loser(Lost lost) {
        return new Loser(
                lost.device(), lost.supply(), lost.best().map(PlanJson::row).orElse(null), lost.reason());
    }

    private static Api api(ApiCost cost) {
        return new Api(cost.price().seller(), cost.price().model(), cost.perMillion());
    }

    private static Even even(BreakEven even) {
        return new Even(even.plan().text(), even.against(), known(even.hoursPerYear()));
    }
}
