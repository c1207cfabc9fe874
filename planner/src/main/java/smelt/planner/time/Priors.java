package smelt.planner.time;

import static smelt.planner.time.Constant.DECODE_PEAK;
import static smelt.planner.time.Constant.LAYER_SECONDS;
import static smelt.planner.time.Constant.LINK_RATE;
import static smelt.planner.time.Constant.PROMPT_PEAK;
import static smelt.planner.time.Constant.SEQUENCE_SECONDS;
import static smelt.planner.time.Constant.STEP_SECONDS;
import static smelt.planner.time.Constant.WEIGHT_RATE;

import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Link;
import smelt.planner.catalogue.Precision;
import smelt.planner.catalogue.Tier;

/**
 * Where no measurements are fitted: what published figures say ({@code published.csv}, each with its source, tried by
 * {@code PublishedCheck}), and for our own engine what it reaches on two cores. Estimates, rounded: a handful of
 * figures stands behind each.
 */
final class Priors {
    /** Processors reach about this of their memory's rate on the data sheet; of a measured rate all but a little. */
    private static final double HOST_RATE = 0.72;

    private static final double MEASURED_HOST_RATE = 0.92;
    /** Bytes per second that one stream does not fill: memories on the package of large accelerators. */
    private static final double FAST_MEMORY = 1.5e12;

    private Priors() {}

    /** Puts what is known of the engine and of the kind of device into {@code constants}. */
    static void adjust(double[] constants, Deployment deployment) {
        Device device = deployment.layout().device();
        switch (deployment.engine().name()) {
            case "llama.cpp" -> llamaCpp(constants, deployment);
            case "smelt" -> {
                // 85% of the rate that the same run measured
                constants[WEIGHT_RATE.ordinal()] = 0.92 * hostRate(device);
                constants[LAYER_SECONDS.ordinal()] = 10e-6;
                constants[STEP_SECONDS.ordinal()] = 1e-4;
                constants[SEQUENCE_SECONDS.ordinal()] = 1e-5;
                constants[PROMPT_PEAK.ordinal()] = 0.5;
            }
            default -> {
                device(constants, device);
                if (ofAutumn2023(deployment.engine())) {
                    // Splitwise: 80 layers take 14 to 19 ms longer than today, each sequence of a batch 0.3 ms
                    constants[LAYER_SECONDS.ordinal()] += 2e-4;
                    constants[SEQUENCE_SECONDS.ordinal()] += 3e-4;
                }
            }
        }
    }

    /**
     * Single streams of May 2024 (8B and 70B models on nine devices) and of December 2025 (a 14B model on eight): 81 to
     * 95% of the memory's rate on cards with GDDR, 50% on an A100, on Apple's devices 73 to 90% with weights of 16 bits
     * and 42 to 62% with 4.5; 25 to 75 microseconds a layer. Prompts: 13 to 22% of the 8-bit peak, 8 to 15% where
     * memory is on the package, 54 to 78% of Apple's 16-bit peak.
     */
    private static void llamaCpp(double[] constants, Deployment deployment) {
        Device device = deployment.layout().device();
        boolean wide = deployment.formats().feedForward().bitsPerWeight() > 8.5;
        boolean fast = device.memoryBandwidth().value() >= FAST_MEMORY;
        double rate = fast ? 0.5 : 0.88;
        double prompt = wide ? 0.33 : fast ? 0.11 : 0.16;
        if (device.kind() == Device.Kind.CPU) {
            rate = hostRate(device);
            prompt = 0.33;
        } else if (!device.flops().containsKey(Precision.INT8)
                && !device.flops().containsKey(Precision.FP8)) {
            rate = wide ? 0.8 : 0.54;
            prompt = 0.55;
        }
        constants[WEIGHT_RATE.ordinal()] = rate;
        constants[PROMPT_PEAK.ordinal()] = prompt;
        constants[LAYER_SECONDS.ordinal()] = device.kind() == Device.Kind.CPU ? 20e-6 : 60e-6;
        constants[STEP_SECONDS.ordinal()] = 2e-4;
        constants[SEQUENCE_SECONDS.ordinal()] = 5e-5;
    }

    private static double hostRate(Device device) {
        return device.memoryBandwidth().tier() == Tier.MEASURED_BY_US ? MEASURED_HOST_RATE : HOST_RATE;
    }

    /** Of devices that no measurement is fitted on, against those of NVIDIA's large ones. */
    private static void device(double[] constants, Device device) {
        double peak = 1;
        if (device.kind() == Device.Kind.CPU) {
            // MLPerf v5.1: two Xeon 6787P reach 6% of their 8-bit peak
            peak = 0.1;
            constants[LAYER_SECONDS.ordinal()] *= 2;
        } else if (has(device, Link.Kind.INFINITY_FABRIC)) {
            // MLPerf v4.1 to v5.1: eight MI300X reach 31 to 37% of it, eight H200 62%
            peak = 0.6;
        } else if (device.kind() == Device.Kind.ACCELERATOR) {
            // Intel's table of Gaudi 3: 39 to 42%
            peak = 0.65;
        }
        constants[PROMPT_PEAK.ordinal()] *= peak;
        constants[DECODE_PEAK.ordinal()] *= peak;
        boolean pcie = has(device, Link.Kind.PCIE_PEER) || has(device, Link.Kind.PCIE_HOST);
        if (pcie && !has(device, Link.Kind.NVLINK)) {
            // MLPerf v4.1: eight L40S share what the host's processors pass on
            constants[LINK_RATE.ordinal()] *= 0.6;
        }
    }

    private static boolean has(Device device, Link.Kind kind) {
        return device.links().stream().anyMatch(link -> link.kind() == kind);
    }

    /** Versions 0.1 and 0.2 of vLLM, before steps were recorded and replayed. */
    private static boolean ofAutumn2023(Engine engine) {
        return engine.name().equals("vllm")
                && (engine.version().startsWith("0.1.") || engine.version().startsWith("0.2."));
    }
}
