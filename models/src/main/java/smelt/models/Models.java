package smelt.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.graph.ModelGraph;

/** Every family that smelt runs, and the way from a file to its graph. */
public final class Models {
    /** The first that reads a file has it. */
    private static final List<Family> FAMILIES = List.of(
            new Mixtral(),
            new Llama(),
            new Mistral(),
            new SmolLm3(),
            new Qwen2(),
            new Qwen3(),
            new Qwen3Moe(),
            new Gemma2(),
            new Gemma3(),
            new Phi3(),
            new Granite(),
            new Olmo2(),
            new Gpt2(),
            new Bert(),
            new Roberta());

    private Models() {}

    /**
     * @param contextLength positions the caller wants to use, which settles how RoPE is stretched; 0: the model's own
     */
    public record Options(int contextLength) {
        public Options {
            if (contextLength < 0) {
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "A context of " + contextLength + " is below 0");
            }
        }

        public static Options defaults() {
            return new Options(0);
        }
    }

    /**
     * The graph of a file, all sections made with one {@link smelt.graph.Graph}. Vectors (norm weights, biases) are
     * typed f32 whatever the file has; matrices carry the file's type.
     *
     * @throws Failure UNSUPPORTED for an unknown architecture or a tensor without use; NOT_FOUND for a missing key or
     *     tensor; MALFORMED for a key or shape that does not fit
     */
    public static ModelGraph build(ModelFile file, Options options) {
        Config config = Config.of(file);
        Family family = family(config);
        Checkpoint checkpoint =
                new Checkpoint(file, config.orElse(family.defaults()), family.names(), options.contextLength());
        ModelGraph graph = family.build(checkpoint);
        checkpoint.refuseUnused();
        return graph.info().pooling() == ModelGraph.Pooling.NONE
                ? Poolings.of(config).map(graph::pooled).orElse(graph)
                : graph;
    }

    /** Names of the families, each once. */
    public static List<String> families() {
        return FAMILIES.stream().map(Family::name).toList();
    }

    private static Family family(Config config) {
        Optional<Family> found = FAMILIES.stream()
                .filter(family -> family.architectures().contains(config.architecture()))
                .filter(family -> family.reads(config))
                .findFirst();
        return found.orElseThrow(() -> unknown(config.architecture()));
    }

    private static Failure unknown(String architecture) {
        List<String> known = new ArrayList<>();
        FAMILIES.forEach(family -> known.addAll(family.architectures()));
        String near = Nearest.to(architecture, known).orElseThrow();
        return Failure.of(
                        FailureCode.UNSUPPORTED,
                        "Model architecture '" + Nearest.clip(architecture)
                                + "' is not known; the nearest known one is '" + near + "'")
                .withNextStep("known are " + known.stream().distinct().collect(Collectors.joining(", ")));
    }
}
