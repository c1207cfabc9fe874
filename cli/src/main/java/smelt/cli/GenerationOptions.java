package smelt.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import smelt.base.Failure;
import smelt.engine.LoadedModel;
import smelt.engine.Request;

/** What answers look like; mixed into {@code run} and {@code chat}. */
@Command
final class GenerationOptions {
    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "End after this many tokens (default: when the answer or the context ends).")
    int maxTokens = Request.ROOM_LEFT;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before the chat.")
    String system = "";

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be repeated.")
    List<String> stop = List.of();

    @Option(names = "--ignore-eos", description = "Go on after the model's end token, up to --max-tokens.")
    boolean ignoreEos;

    @Option(names = "--stats", description = "Tell tokens and speeds on standard error.")
    boolean stats;

    @Option(
            names = "--prefix-cache",
            paramLabel = "FILE",
            description =
                    "Remember in this file what was computed, and begin with what it holds: a text that begins as "
                            + "an earlier one did need not be read again. It holds these texts; only you may read it.")
    @Nullable
    Path prefixCache;

    @Mixin
    SamplingOptions sampling = new SamplingOptions();

    @Mixin
    ConstraintOptions constraint = new ConstraintOptions();

    @Mixin
    SpeculationOptions speculation = new SpeculationOptions();

    /** @throws ParameterException for values out of range: told before anything is loaded */
    void check(CommandLine line) {
        try {
            Request.of(0)
                    .withSampling(sampling.sampling())
                    .withMaxTokens(maxTokens)
                    .withStop(stop);
        } catch (Failure e) {
            throw new ParameterException(line, e.what(), e);
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new ParameterException(line, "--stop must not be empty");
        }
        constraint.check(line);
        speculation.check(line);
    }

    Request request(LoadedModel model, int[] prompt) {
        return Request.of(prompt)
                .withSampling(sampling.sampling())
                .withMaxTokens(maxTokens)
                .withStop(stop)
                .withEndIds(ignoreEos ? Set.of() : model.endIds())
                .withConstraint(constraint.of(model));
    }
}
