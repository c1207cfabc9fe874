package smelt.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.engine.LoadedModel;
import smelt.graph.ModelGraph.Pooling;

/** {@code smelt embed}. */
@Command(
        name = "embed",
        header = "Make vectors of texts.",
        descriptionHeading = "%n",
        description = "Prints one vector a text, of length 1 unless --raw is given. The file of an embedding model "
                + "tells how its rows become one vector; --pooling says it for any other model.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt embed ./all-MiniLM-L6-v2 --text \"a cat\" --text \"a kitten\" --json",
            "  smelt embed smollm2 --pooling mean --file lines.txt"
        })
final class EmbedCommand implements Callable<Integer> {
    /** What becomes vectors. */
    static final class Subject {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "A text; may be repeated.")
        List<String> texts = List.of();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                required = true,
                description = "A UTF-8 file with a text in each line; - reads standard input.")
        @Nullable
        String file;

        @Option(
                names = "--tokens",
                paramLabel = "IDS",
                required = true,
                converter = TokenIds.Converter.class,
                description = "Token ids, such as 1,2,3.")
        @Nullable
        TokenIds tokens;
    }

    /** As people write it. */
    enum PoolingName {
        MEAN(Pooling.MEAN),
        FIRST(Pooling.FIRST),
        LAST(Pooling.LAST);

        private final Pooling pooling;

        PoolingName(Pooling pooling) {
            this.pooling = pooling;
        }
    }

    @ArgGroup(multiplicity = "1")
    Subject subject = new Subject();

    @Option(
            names = "--pooling",
            paramLabel = "HOW",
            description = "Which rows make the vector: mean, first or last (default: what the model's file says).")
    @Nullable
    PoolingName pooling;

    @Option(names = "--truncate", description = "Cut texts that are too long instead of refusing them.")
    boolean truncate;

    @Option(names = "--raw", description = "Leave vectors as long as they are.")
    boolean raw;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    ModelOptions options = new ModelOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final ModelSource source;

    EmbedCommand() {
        this(new ModelLoading());
    }

    EmbedCommand(ModelSource source) {
        this.source = source;
    }

    /** @param dimensions numbers of a vector */
    record Report(String model, int dimensions, List<Vector> embeddings) {}

    /** @param tokens of the text, special ones included */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never changed
    record Vector(int index, int tokens, float[] embedding) {}

    @Override
    public Integer call() {
        options.check(spec.commandLine());
        List<String> texts = TextInput.lines(subject.file, subject.texts);
        Optional<Pooling> asked = Optional.ofNullable(pooling).map(name -> name.pooling);
        try (LoadedModel model =
                source.openEmbedder(options, asked, spec.commandLine().getErr())) {
            print(report(model, inputs(model, texts)), spec.commandLine().getOut());
            return 0;
        }
    }

    private List<int[]> inputs(LoadedModel model, List<String> texts) {
        TokenIds given = subject.tokens;
        return given != null
                ? List.of(given.ids())
                : texts.stream()
                        .map(text -> model.embeddingInput(text, truncate))
                        .toList();
    }

    private Report report(LoadedModel model, List<int[]> inputs) {
        List<Vector> vectors = new ArrayList<>();
        for (float[] vector :
                Interruptible.run("Embedding", () -> model.embedder().embed(inputs, !raw))) {
            vectors.add(new Vector(vectors.size(), inputs.get(vectors.size()).length, vector));
        }
        return new Report(model.name(), model.embedder().width(), vectors);
    }

    private void print(Report report, PrintWriter out) {
        if (json) {
            out.println(Json.pretty(report));
            return;
        }
        for (Vector vector : report.embeddings()) {
            StringBuilder line = new StringBuilder();
            for (float value : vector.embedding()) {
                line.append(line.isEmpty() ? "" : " ").append(String.format(Locale.ROOT, "%.6f", value));
            }
            out.println(line);
        }
    }
}
