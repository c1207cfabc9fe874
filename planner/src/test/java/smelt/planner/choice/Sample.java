package smelt.planner.choice;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import smelt.planner.catalogue.ApiPrice;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Offer;
import smelt.planner.catalogue.Precision;
import smelt.planner.catalogue.Purchase;
import smelt.planner.catalogue.Tier;
import smelt.planner.model.Attention;
import smelt.planner.model.FeedForward;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.ModelShape;

/** Hardware, prices and models of tests. */
public final class Sample {
    public static final ModelShape LLAMA_70B = new ModelShape(
            "llama-2-70b",
            32000,
            8192,
            false,
            4096,
            List.of(new LayerGroup(
                    80,
                    new Attention.Grouped(64, 8, 128, 128, 0, false, false, false),
                    new FeedForward.Dense(28672, true))),
            "its config.json");

    public static final Device H100 = gpu("H100 SXM", 989e12, 80e9, 3350e9, 700, Link.Kind.NVLINK, 450e9);
    public static final Device RTX_4090 = gpu("RTX 4090", 165e12, 24e9, 1008e9, 450, Link.Kind.PCIE_HOST, 32e9);

    static final Set<Offer.Terms> TERMS = Set.of(Offer.Terms.values());

    private Sample() {}

    static Figure figure(double value) {
        return new Figure(value, Tier.DATASHEET, "a test", LocalDate.of(2026, 11, 1));
    }

    private static Device gpu(
            String name, double flops, double memory, double bandwidth, double watts, Link.Kind link, double rate) {
        return new Device(
                name,
                List.of(name.replace(" ", "")),
                Device.Kind.GPU,
                Map.of(Precision.BF16, figure(flops), Precision.FP8, figure(2 * flops)),
                figure(memory),
                figure(bandwidth),
                List.of(new Link(link, figure(rate), 8)),
                figure(watts));
    }

    static Supply.Rented rented(Device device, int devices, double dollarsPerHour) {
        return rented(device, devices, dollarsPerHour, Offer.Terms.ON_DEMAND);
    }

    static Supply.Rented rented(Device device, int devices, double dollarsPerHour, Offer.Terms terms) {
        return Supply.Rented.of(
                new Offer("Cloud", devices + "x", device.name(), devices, terms, figure(dollarsPerHour), "eu"), 8);
    }

    static Supply.Bought bought(Device device, double dollars, double host) {
        return new Supply.Bought(new Purchase(device.name(), figure(dollars), figure(host)), 8);
    }

    static ApiPrice api() {
        return new ApiPrice("Llama-2-70B-chat", "Seller", figure(0.5), null, figure(1.5));
    }

    static Demand demand(double perSecond) {
        return new Demand(Workload.named("chat"), OptionalDouble.of(perSecond), Reliability.USUAL);
    }
}
