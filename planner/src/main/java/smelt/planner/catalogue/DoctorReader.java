package smelt.planner.catalogue;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import tools.jackson.databind.JsonNode;

/** The machine that {@code smelt doctor --json} describes, as a device. */
final class DoctorReader {
    /** As server processors of 2023 to 2025 have it; those of desktops have more. */
    private static final double WATTS_PER_CORE = 6;

    private static final double MOST = 1e6;

    private DoctorReader() {}

    static boolean isDoctor(JsonNode file) {
        return file.path("machine").isObject() && file.has("limits");
    }

    static Device device(JsonNode file, LocalDate date) {
        JsonNode limits = file.path("limits");
        if (!limits.isObject()) {
            throw Failure.of(FailureCode.MALFORMED, "The machine was described but not measured")
                    .withNextStep("run smelt doctor --json without --seconds 0");
        }
        JsonNode machine = file.path("machine");
        String cpu = machine.path("cpu").asString("a processor");
        String source = "smelt doctor on " + cpu;
        double f32 = number(limits, "f32_tflops");
        double memory = machine.path("memory_limit").isNumber()
                ? number(machine, "memory_limit", 1e18)
                : number(machine, "memory_total", 1e18);
        double cores = number(machine, "physical_cores");
        return new Device(
                "this-machine",
                List.of("local", cpu),
                Device.Kind.CPU,
                Map.of(
                        Precision.INT8, measured(number(limits, "int8_tops") * 1e12, source, date),
                        Precision.F32, measured(f32 * 1e12, source, date),
                        // f16 and bf16 are widened and multiplied as f32.
                        Precision.BF16, measured(f32 * 1e12, source, date)),
                measured(memory, source, date),
                measured(number(limits, "memory_read_gb_per_second") * 1e9, source, date),
                List.of(),
                new Figure(
                        cores * WATTS_PER_CORE,
                        Tier.ESTIMATE,
                        "6 W a core, as server processors; a catalogue file can say better",
                        date));
    }

    private static Figure measured(double value, String source, LocalDate date) {
        return new Figure(value, Tier.MEASURED_BY_US, source, date);
    }

    private static double number(JsonNode object, String field) {
        return number(object, field, MOST);
    }

    private static double number(JsonNode object, String field, double most) {
        JsonNode value = object.path(field);
        double found = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(found > 0 && found <= most)) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    field + " must be a number above 0 but is " + Names.quoted(value.toString()));
        }
        return found;
    }
}
