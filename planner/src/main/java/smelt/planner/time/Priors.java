package smelt.planner.time;

import static smelt.planner.time.Constant.LAYER_SECONDS;
import static smelt.planner.time.Constant.PROMPT_PEAK;
import static smelt.planner.time.Constant.SEQUENCE_SECONDS;
import static smelt.planner.time.Constant.STEP_SECONDS;
import static smelt.planner.time.Constant.WEIGHT_RATE;

import smelt.planner.catalogue.Device;

/**
 * Where no measurements are fitted: what published runs of single streams say. Estimates, from rates that llama.cpp
 * reached in May 2024 (87% of the memory's rate on an RTX 4090, 54% on an H100 with an 8B model in 16 bits; prompts at
 * a third of the 16-bit peak), and from our own engine on two cores.
 */
final class Priors {
    private Priors() {}

    /** Puts what is known of the engine and of the kind of device into {@code constants}. */
    static void adjust(double[] constants, Deployment deployment) {
        Device.Kind kind = deployment.layout().device().kind();
        switch (deployment.engine().name()) {
            case "llama.cpp" -> {
                constants[WEIGHT_RATE.ordinal()] = 0.9;
                constants[LAYER_SECONDS.ordinal()] = kind == Device.Kind.CPU ? 20e-6 : 80e-6;
                constants[STEP_SECONDS.ordinal()] = 2e-4;
                constants[SEQUENCE_SECONDS.ordinal()] = 5e-5;
                constants[PROMPT_PEAK.ordinal()] = 0.33;
            }
            case "smelt" -> {
                constants[WEIGHT_RATE.ordinal()] = 0.85;
                constants[LAYER_SECONDS.ordinal()] = 10e-6;
                constants[STEP_SECONDS.ordinal()] = 1e-4;
                constants[SEQUENCE_SECONDS.ordinal()] = 1e-5;
                constants[PROMPT_PEAK.ordinal()] = 0.5;
            }
            default -> {
                if (kind == Device.Kind.CPU) {
                    constants[LAYER_SECONDS.ordinal()] *= 2;
                }
            }
        }
    }
}
