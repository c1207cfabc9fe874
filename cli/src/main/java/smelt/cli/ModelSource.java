package smelt.cli;

import java.io.PrintWriter;

/** Where a command gets its running model from. */
interface ModelSource {
    /**
     * Finds, downloads where missing, and loads the model that {@code options} name; progress is told on {@code err}.
     */
    LoadedModel open(ModelOptions options, PrintWriter err);
}
