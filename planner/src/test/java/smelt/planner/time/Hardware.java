package smelt.planner.time;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Precision;
import smelt.planner.catalogue.Tier;
import smelt.planner.model.ModelCatalogue;
import smelt.planner.model.NumberFormats;

/** Devices and deployments for tests. */
final class Hardware {
    private Hardware() {}

    static Device h100() {
        return device("h100_sxm", 80e9, 3.35e12, 989e12);
    }

    static Device h200() {
        return device("h200_sxm", 141e9, 4.8e12, 989e12);
    }

    private static Device device(String name, double memory, double bandwidth, double bf16) {
        return new Device(
                name,
                List.of(),
                Device.Kind.GPU,
                Map.of(Precision.BF16, figure(bf16), Precision.FP8, figure(2 * bf16)),
                figure(memory),
                figure(bandwidth),
                List.of(new Link(Link.Kind.NVLINK, figure(450e9), 8)),
                figure(700));
    }

    private static Figure figure(double value) {
        return new Figure(value, Tier.DATASHEET, "data sheet", LocalDate.of(2026, 1, 1));
    }

    static Deployment deployment(String model, String format, Device device, int tensor, String engine) {
        var layout = new Layout(device, tensor, 1, 1, tensor, 1, false, 0);
        return new Deployment(ModelCatalogue.named(model), NumberFormats.named(format), layout, new Engine(engine, ""));
    }
}
