package smelt.models;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.formats.ModelFile.Format;
import smelt.formats.Tensor;
import smelt.graph.Graph;

/** A model file on its way into a graph: what it is configured as, its tensors, and which of them found a use. */
final class Checkpoint {
    /** Buffers that frameworks store beside the weights, and parts of which a text model makes no use. */
    private static final List<String> IGNORED_ENDINGS = List.of(
            "rotary_emb.inv_freq", ".masked_bias", "attn.bias", "embeddings.position_ids", "attn_rot_embd.weight");

    private static final List<String> IGNORED_BEGINNINGS = List.of(
            "rope_freqs.",
            "rope_factors_",
            "pooler.",
            "cls.",
            "vision_tower.",
            "vision_model.",
            "multi_modal_projector.");

    private final Graph graph = new Graph();
    private final Config config;
    private final WeightNames names;
    private final Format format;
    private final int wantedContext;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    Checkpoint(ModelFile file, Config config, WeightNames names, int wantedContext) {
        this.config = config;
        this.names = names;
        this.format = file.format();
        this.wantedContext = wantedContext;
        for (Tensor tensor : file.tensors().values()) {
            tensors.put(names.canonical(tensor.name()), tensor);
        }
    }

    Graph graph() {
        return graph;
    }

    Config config() {
        return config;
    }

    WeightNames names() {
        return names;
    }

    Format format() {
        return format;
    }

    /** Positions the caller wants to use, or the model's own number. */
    int context() {
        return wantedContext > 0 ? wantedContext : config.contextLength();
    }

    /** Weights of a layer; the embedding and the head ask as layer 0. */
    Weights weights(int layer) {
        return new Weights(this, layer);
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    Optional<Tensor> find(String name) {
        asked.add(name);
        return Optional.ofNullable(tensors.get(name));
    }

    /** A tensor that is not needed, as another one says the same. */
    void skip(String name) {
        asked.add(name);
    }

    /** @throws Failure NOT_FOUND, which says what was {@code expected} */
    Tensor get(String name, Object expected) {
        return find(name).orElseThrow(() -> {
            Set<String> unused = new HashSet<>(tensors.keySet());
            unused.removeAll(asked);
            Failure failure = Failure.of(FailureCode.NOT_FOUND, "Tensor '" + name + "' " + expected + " is missing");
            return Nearest.to(name, unused)
                    .map(near -> failure.withNextStep("the nearest unused tensor is '" + Nearest.clip(near) + "'"))
                    .orElse(failure);
        });
    }

    /** @throws Failure UNSUPPORTED for a tensor that would change the model's answers but found no use */
    void refuseUnused() {
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            if (!asked.contains(tensor.getKey()) && !ignored(tensor.getKey())) {
                String near = Nearest.to(tensor.getKey(), asked).orElse("");
                throw Failure.of(
                                FailureCode.UNSUPPORTED,
                                "Tensor '" + Nearest.clip(tensor.getValue().name()) + "' "
                                        + tensor.getValue().shape() + " has no place in this family")
                        .withNextStep("the nearest expected tensor is '" + near + "'");
            }
        }
    }

    private static boolean ignored(String name) {
        return IGNORED_ENDINGS.stream().anyMatch(name::endsWith)
                || IGNORED_BEGINNINGS.stream().anyMatch(name::startsWith);
    }
}
