package smelt.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import smelt.engine.Speculation;
import smelt.engine.hosting.ModelFileLoader;
import smelt.store.StoredModel;

/** Who guesses next tokens; mixed into commands that guess. */
@Command
final class SpeculationOptions {
    @Option(
            names = "--speculate",
            paramLabel = "HOW",
            description = "Guess next tokens where it pays, which changes how soon they come and nothing else: ngram, "
                    + "by what followed the same tokens before; draft, by the --draft model; both; none "
                    + "(default: ngram, with --draft both).")
    @Nullable
    String speculate;

    @Option(
            names = "--draft",
            paramLabel = "MODEL",
            description = "A smaller model of the same vocabulary that guesses, too.")
    @Nullable
    String draft;

    /** @throws ParameterException for what is unknown or contradicts itself */
    void check(CommandLine line) {
        if (speculate != null
                && Stream.of(Speculation.values())
                        .noneMatch(value -> text(value).equals(speculate))) {
            throw new ParameterException(line, "--speculate is none, ngram, draft or both, not " + speculate);
        }
        boolean drafts = how() == Speculation.DRAFT || how() == Speculation.BOTH;
        if (drafts && draft == null) {
            throw new ParameterException(line, "--speculate " + speculate + " needs a --draft MODEL");
        }
        if (!drafts && draft != null) {
            throw new ParameterException(line, "--draft has nothing to do with --speculate " + speculate);
        }
    }

    private static String text(Speculation value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    Speculation how() {
        if (speculate == null) {
            return draft == null ? Speculation.NGRAM : Speculation.BOTH;
        }
        return Speculation.valueOf(speculate.toUpperCase(Locale.ROOT));
    }

    /** The draft model, downloaded where it is missing; empty where none is named. */
    Optional<StoredModel> draft(StoreOptions store, PrintWriter err) {
        return Optional.ofNullable(draft)
                .map(name ->
                        StoreOptions.withProgress(err, progress -> store.open().resolve(name, progress)));
    }

    /** Loads one model, with its draft model. */
    static ModelFileLoader loader(StoredModel model, Optional<StoredModel> draft, ModelFileLoader.Choices choices) {
        String drafts = "draft of " + model.name();
        return new ModelFileLoader(
                name -> name.equals(drafts) ? draft.orElseThrow().path() : model.path(),
                choices,
                name -> draft.map(any -> drafts));
    }
}
