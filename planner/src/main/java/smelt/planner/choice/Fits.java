package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.model.NumberFormats;
import smelt.planner.time.Deployment;
import smelt.planner.time.Engine;
import smelt.planner.time.Forecast;
import smelt.planner.time.Forecaster;
import smelt.planner.time.Layout;
import smelt.planner.time.Load;
import smelt.planner.time.MemoryUse;

/** Whether one request has room in a layout, and how the memory of a device is used. */
public record Fits(String layout, String weights, boolean fits, MemoryUse memory) {
    /**
     * Of every layout that uses all owned devices.
     *
     * @param said as {@link QuestionReader#read} takes it; the machines are those that are owned
     * @throws smelt.base.Failure INVALID_ARGUMENT with all problems
     */
    public static List<Fits> of(Map<String, List<String>> said, Forecaster forecaster) {
        Question question = QuestionReader.read(said, Catalogue.builtIn());
        Workload workload = question.demand().workload();
        List<Fits> all = new ArrayList<>();
        for (Supply.Owned owned : question.supplies().owned()) {
            Device device = owned.kind();
            List<NumberFormats> formats = question.space().formats().isEmpty()
                    ? Formats.usual(device)
                    : question.space().formats().stream()
                            .map(f -> Formats.on(device, f))
                            .toList();
            for (Layout layout : Layouts.of(question.model(), device, owned.devices(), false)) {
                if (layout.devices() == owned.devices()) {
                    formats.forEach(f -> all.add(of(
                            new Deployment(question.model(), f, layout, new Engine("vllm", "")),
                            workload,
                            forecaster)));
                }
            }
        }
        return all;
    }

    private static Fits of(Deployment deployment, Workload workload, Forecaster forecaster) {
        Forecast timed = forecaster.forecast(deployment, new Load(workload.input(), workload.output(), 1, 0));
        Forecast forecast = DeviceBytes.of(deployment).in(timed, 1, workload.tokens());
        return new Fits(
                Layouts.text(deployment), deployment.formats().weights().name(), forecast.fits(), forecast.memory());
    }
}
