package smelt.planner.training;

import smelt.planner.catalogue.Device;
import smelt.planner.model.ModelShape;

/**
 * What is to be trained on what.
 *
 * @param devicesPerMachine that share one host
 * @param tokens in all
 * @param sequence tokens of each
 * @param batchTokens of one step of the optimiser
 * @param rank of adapters, with a method that has them
 */
public record TrainingQuestion(
        ModelShape model,
        Device device,
        int devices,
        int devicesPerMachine,
        Method method,
        double tokens,
        int sequence,
        double batchTokens,
        int rank) {
    /** What is trained, and what the rest is kept in. */
    public enum Method {
        /** All weights, AdamW: bf16 weights and gradients, f32 master weights and two moments. */
        FULL(2),
        /** Adapters beside bf16 weights. */
        LORA(2),
        /** Adapters beside 4-bit weights. */
        QLORA(4.5 / 8);

        private final double weightBytes;

        Method(double weightBytes) {
            this.weightBytes = weightBytes;
        }

        /** Of each weight in the forward pass. */
        double weightBytes() {
            return weightBytes;
        }
    }
}
