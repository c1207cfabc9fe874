package smelt.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import smelt.engine.hosting.ModelFileLoader;

/** How a model is brought to run; mixed into every command that runs one. */
@Command
final class ModelOptions {
    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description = "Length of the context, prompt and answer together (default: the model's, at most "
                    + ModelFileLoader.USUAL_CONTEXT + ").")
    int context;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Mixin
    CacheOption cache = new CacheOption();

    @Mixin
    ModelArgument model = new ModelArgument();

    /** @throws ParameterException for values out of range: told before anything is loaded */
    void check(CommandLine line) {
        if (context < 0) {
            throw new ParameterException(line, "--context must be 0 (the usual one) or more but is " + context);
        }
        threads.check(line);
    }
}
