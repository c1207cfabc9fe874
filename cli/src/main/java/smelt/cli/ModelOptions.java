package smelt.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is brought to run; mixed into every command that runs one. */
@Command
final class ModelOptions {
    /** Positions of keys and values that are planned where nothing is said and the model has more. */
    private static final int USUAL_CONTEXT = 8192;

    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description = "Length of the context, prompt and answer together (default: the model's, at most "
                    + USUAL_CONTEXT + ").")
    int context;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Worker threads (default: one per core).")
    int threads;

    @Option(
            names = "--kv",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description = "Type of stored keys and values: f16.")
    String kv = "f16";

    @Mixin
    StoreOptions store = new StoreOptions();

    /** The context to plan for a model that was trained for {@code trained} positions. */
    int contextOf(int trained) {
        return context > 0 ? context : Math.min(trained, USUAL_CONTEXT);
    }
}
