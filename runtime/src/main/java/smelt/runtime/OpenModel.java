package smelt.runtime;

import smelt.formats.ModelFile;
import smelt.graph.ModelGraph;

/** A loaded model and the file that it reads its embeddings from, closed together. */
public record OpenModel(Model model, ModelGraph graph, ModelFile file) implements StepRunner {
    @Override
    public Limits limits() {
        return model.limits();
    }

    @Override
    public KvBlocks blocks() {
        return model.blocks();
    }

    @Override
    public Logits run(StepBatch batch) {
        return model.run(batch);
    }

    @Override
    public void interrupt() {
        model.interrupt();
    }

    @Override
    public void close() {
        try (file) {
            model.close();
        }
    }
}
