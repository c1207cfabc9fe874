package smelt.cli;

import java.io.PrintWriter;
import java.util.Optional;
import smelt.engine.LoadedModel;
import smelt.graph.ModelGraph.Pooling;

/** Where a command gets its running model from. */
interface ModelSource {
    /**
     * Finds, downloads where missing, and loads the model that {@code options} name, and the draft model that
     * {@code speculation} names; progress is told on {@code err}.
     */
    LoadedModel open(ModelOptions options, SpeculationOptions speculation, PrintWriter err);

    /**
     * The same to make vectors.
     *
     * @param pooling empty for what the model's file says
     */
    default LoadedModel openEmbedder(ModelOptions options, Optional<Pooling> pooling, PrintWriter err) {
        throw LoadedModel.cannotEmbed(options.model.name, Pooling.NONE);
    }

    /** The same to score documents. */
    default LoadedModel openReranker(ModelOptions options, PrintWriter err) {
        throw LoadedModel.cannotRerank(options.model.name);
    }
}
