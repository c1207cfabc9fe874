package smelt.planner.choice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Layout;

/**
 * One copy over machines of two kinds that are there and that are too small by themselves: the first layers on the
 * faster ones, as many as have room there, the last on the others, one after the other.
 */
final class Stages {
    private final Question question;
    private final Forecaster forecaster;

    Stages(Question question, Forecaster forecaster) {
        this.question = question;
        this.forecaster = forecaster;
    }

    /** @param owned machines on which the model does not fit */
    List<Plan> plans(List<Supply.Owned> owned) {
        List<Plan> all = new ArrayList<>();
        for (Supply.Owned first : owned) {
            for (Supply.Owned last : owned) {
                if (order(first) > order(last)) {
                    all.addAll(plans(first, last));
                }
            }
        }
        return all;
    }

    private static double order(Supply.Owned owned) {
        return owned.kind().memoryBandwidth().value();
    }

    private List<Plan> plans(Supply.Owned first, Supply.Owned last) {
        int layers = question.model().layerCount();
        if (first.devices() + last.devices() > layers) {
            return List.of();
        }
        var offload = new Offload(question.demand().workload(), forecaster, inLine(last));
        var joined = new Supply.Owned(first.kind(), 1, first.devices(), last);
        var pricing = new Pricing(question.demand(), question.economy());
        return formats(first).stream()
                .flatMap(
                        f -> offload
                                .stages(new Deployment(question.model(), f, inLine(first), new Engine("llama.cpp", "")))
                                .stream())
                .flatMap(p -> pricing.plan(p, joined, 1).stream())
                .filter(p -> p.needed() * p.point().requestsPerSecond()
                        >= question.demand().requestsPerSecond().orElse(0))
                .sorted(Comparator.comparingInt(Plan::concurrency))
                .toList();
    }

    private List<NumberFormats> formats(Supply.Owned owned) {
        return question.space().formats().isEmpty()
                ? Formats.usual(owned.kind())
                : question.space().formats().stream()
                        .map(f -> Formats.on(owned.kind(), f))
                        .toList();
    }

    /** One stage on each device. */
    private static Layout inLine(Supply.Owned owned) {
        return new Layout(owned.kind(), 1, owned.devices(), 1, 1, 1, false, 0);
    }
}
