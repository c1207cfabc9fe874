package smelt.planner.choice;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Precision;
import smelt.planner.catalogue.Tier;

/** The machine around a device, where nothing is said of it. */
final class Hosts {
    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);

    /** 2 channels of DDR5-5600; the arithmetic of 8 cores with AVX2, which decoding does not wait for. */
    static final Device DESKTOP = new Device(
            "a desktop host",
            List.of(),
            Device.Kind.CPU,
            Map.of(Precision.F32, guess(1.2e12), Precision.BF16, guess(1.2e12), Precision.INT8, guess(4.8e12)),
            guess(128e9),
            new Figure(89.6e9, Tier.ESTIMATE, "2 channels x 8 bytes x 5600 MT/s", DATE),
            List.of(),
            guess(125));

    private Hosts() {}

    private static Figure guess(double value) {
        return new Figure(value, Tier.ESTIMATE, "a usual desktop of 2024", DATE);
    }
}
