package smelt.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a model is brought to run; mixed into every command that runs one. */
@Command
final class ModelOptions {
    /** Positions of keys and values that are planned where nothing is said and the model has more. */
    private static final int USUAL_CONTEXT = 8192;
    /** More than any machine has; each thread takes memory and slows the others' barriers. */
    static final int MOST_THREADS = 1024;

    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description = "Length of the context, prompt and answer together (default: the model's, at most "
                    + USUAL_CONTEXT + ").")
    int context;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Worker threads, at most (default: one per core that the process may use).")
    int threads;

    @Option(
            names = "--kv",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description = "Type of stored keys and values: f16.")
    String kv = "f16";

    @Mixin
    StoreOptions store = new StoreOptions();

    /** @throws ParameterException for values out of range: told before anything is loaded */
    void check(CommandLine line) {
        if (context < 0) {
            throw new ParameterException(line, "--context must be 0 (the usual one) or more but is " + context);
        }
        if (threads < 0 || threads > MOST_THREADS) {
            throw new ParameterException(
                    line, "--threads must be 0 (one per core) to " + MOST_THREADS + " but is " + threads);
        }
        if (!kv.equals("f16")) {
            throw new ParameterException(line, "--kv " + kv + " is not there yet; f16 is");
        }
    }

    /** The context to plan for a model that was trained for {@code trained} positions. */
    int contextOf(int trained) {
        return context > 0 ? context : Math.min(trained, USUAL_CONTEXT);
    }
}
