package smelt.planner.choice;

import java.util.List;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Precision;
import smelt.planner.model.NumberFormats;
import smelt.planner.model.WeightFormat;

/** Which number formats suit a device. */
public final class Formats {
    /** For help; {@link NumberFormats#named} knows more. */
    static final List<String> EXAMPLES = List.of("bf16", "fp8", "int8", "nvfp4", "int4", "q8_0", "q4_k_m");

    private Formats() {}

    /** As {@code device} multiplies them: weights it has no arithmetic for are widened to 16 bits first. */
    public static NumberFormats on(Device device, NumberFormats wanted) {
        return new NumberFormats(
                on(device, wanted.weights()),
                on(device, wanted.feedForward()),
                on(device, wanted.expertWeights()),
                wanted.keptWide(),
                on(device, wanted.arithmetic()),
                wanted.kvBytes());
    }

    private static Precision on(Device device, Precision wanted) {
        if (device.flops().containsKey(wanted)) {
            return wanted;
        }
        return device.flops().containsKey(Precision.BF16) ? Precision.BF16 : Precision.F32;
    }

    private static WeightFormat on(Device device, WeightFormat format) {
        return new WeightFormat(format.name(), format.bitsPerWeight(), on(device, format.arithmetic()));
    }

    /** 16 and 8 bits, of the kinds that the device's usual engine reads. */
    static List<NumberFormats> usual(Device device) {
        return switch (device.kind()) {
            case CPU, SHARED_MEMORY -> List.of(on(device, NumberFormats.named("q8_0")));
            case GPU, TPU, ACCELERATOR -> {
                NumberFormats wide = NumberFormats.named("bf16");
                if (device.flops().containsKey(Precision.FP8)) {
                    yield List.of(wide, NumberFormats.named("fp8"));
                }
                yield device.flops().containsKey(Precision.INT8)
                        ? List.of(wide, NumberFormats.named("int8"))
                        : List.of(wide);
            }
        };
    }
}
