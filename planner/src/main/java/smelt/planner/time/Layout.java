package smelt.planner.time;

import smelt.planner.catalogue.Device;

/**
 * How a model is spread over equal devices.
 *
 * @param tensor devices that share each matrix
 * @param pipeline stages of layers
 * @param data copies of attention, each with its own sequences
 * @param expertTensor devices that share each expert's matrices
 * @param expert devices that experts are spread over
 * @param disaggregated whether prompts are computed by other devices than answers
 * @param prefillDevices that compute prompts, of all; 0 unless disaggregated
 */
public record Layout(
        Device device,
        int tensor,
        int pipeline,
        int data,
        int expertTensor,
        int expert,
        boolean disaggregated,
        int prefillDevices) {
    public int devices() {
        return tensor * pipeline * data;
    }
}
