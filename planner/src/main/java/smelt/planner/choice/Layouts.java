package smelt.planner.choice;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import smelt.planner.catalogue.Device;
import smelt.planner.model.Attention;
import smelt.planner.model.FeedForward;
import smelt.planner.model.ModelShape;
import smelt.planner.time.Deployment;
import smelt.planner.time.Layout;

/** The ways to spread a model over equal devices. */
final class Layouts {
    private static final int MOST_TENSOR = 8;
    private static final int MOST_STAGES = 8;

    static final String WHOLE = "whole";

    private final ModelShape model;
    private final Device device;
    private final Set<Layout> found = new LinkedHashSet<>();

    private Layouts(ModelShape model, Device device) {
        this.model = model;
        this.device = device;
    }

    /** All of at most {@code most} devices; the smallest first. */
    static List<Layout> of(ModelShape model, Device device, int most, boolean disaggregate) {
        var layouts = new Layouts(model, device);
        layouts.add(most, disaggregate);
        List<Layout> sorted = new ArrayList<>(layouts.found);
        sorted.sort(java.util.Comparator.comparingInt(Layout::devices));
        return sorted;
    }

    private void add(int most, boolean disaggregate) {
        for (int stages = 1; stages <= Math.min(MOST_STAGES, model.layerCount()); stages *= 2) {
            for (int tensor = 1; tensor <= MOST_TENSOR && tensor * stages <= most; tensor *= 2) {
                if (headsDivideBy(tensor)) {
                    add(tensor, stages, most, disaggregate);
                }
            }
        }
    }

    private void add(int tensor, int stages, int most, boolean disaggregate) {
        if (routed() == 0) {
            found.add(new Layout(device, tensor, stages, 1, 1, 1, false, 0));
        } else {
            found.add(new Layout(device, tensor, stages, 1, tensor, 1, false, 0));
            found.add(new Layout(device, tensor, stages, 1, 1, tensor, false, 0));
            if (tensor > 1 && routed() % tensor == 0) {
                found.add(new Layout(device, 1, stages, tensor, 1, tensor, false, 0)); // attention by sequences
            }
        }
        if (disaggregate && stages == 1 && 2 * tensor <= most) {
            int experts = routed() == 0 ? 1 : tensor;
            found.add(new Layout(device, tensor, 1, 1, 1, experts, true, tensor));
        }
    }

    private int routed() {
        return model.layers().stream()
                .mapToInt(group -> group.feedForward() instanceof FeedForward.Experts experts ? experts.routed() : 0)
                .max()
                .orElse(0);
    }

    private boolean headsDivideBy(int tensor) {
        return model.layers().stream().allMatch(group -> heads(group.attention()) % tensor == 0);
    }

    private static int heads(Attention attention) {
        return switch (attention) {
            case Attention.Grouped grouped -> grouped.heads();
            case Attention.Latent latent -> latent.heads();
            case Attention.Linear linear -> linear.valueHeads();
            case Attention.None none -> MOST_TENSOR;
        };
    }

    /** For people: {@code TP4 PP2}. */
    static String text(Deployment deployment) {
        Layout layout = deployment.layout();
        List<String> parts = new ArrayList<>();
        part(parts, "TP", layout.tensor());
        part(parts, "PP", layout.pipeline());
        part(parts, "DP", layout.data());
        part(parts, "EP", layout.expert());
        if (layout.disaggregated()) {
            parts.add("+ " + layout.prefillDevices() + " for prompts");
        }
        return parts.isEmpty() ? WHOLE : String.join(" ", parts);
    }

    private static void part(List<String> parts, String name, int count) {
        if (count > 1) {
            parts.add(name + count);
        }
    }
}
