package smelt.planner.choice;

import java.util.List;
import smelt.planner.catalogue.Device;

/** The programs that serve, and what they run on. */
final class Engines {
    static final List<String> NAMES = List.of("vllm", "trtllm", "sglang", "llama.cpp", "smelt");

    private Engines() {}

    static String usual(Device device) {
        return switch (device.kind()) {
            case CPU -> "smelt";
            case SHARED_MEMORY -> "llama.cpp";
            case GPU, TPU, ACCELERATOR -> "vllm";
        };
    }

    /** As far as the kind of device and its maker tell. */
    static boolean runsOn(String engine, Device device) {
        return switch (engine) {
            case "smelt" -> device.kind() == Device.Kind.CPU;
            case "llama.cpp" -> device.kind() != Device.Kind.TPU && device.kind() != Device.Kind.ACCELERATOR;
            case "trtllm" ->
                device.kind() == Device.Kind.SHARED_MEMORY
                        || device.kind() == Device.Kind.GPU
                                && Manifests.vendor(device.name()).equals("nvidia.com/");
            default -> true;
        };
    }
}
