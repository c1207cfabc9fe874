package smelt.models;

import java.util.List;
import smelt.graph.ModelGraph;

/** Llama with a sliding window on every layer; its GGUF files say "llama". */
final class Mistral implements Family {
    private final Llama llama = new Llama();

    @Override
    public String name() {
        return "mistral";
    }

    @Override
    public List<String> architectures() {
        return List.of("mistral");
    }

    @Override
    public WeightNames names() {
        return llama.names();
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        return llama.build(file);
    }
}
