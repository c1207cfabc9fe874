package smelt.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.engine.LoadedModel;

/** {@code smelt rerank}. */
@Command(
        name = "rerank",
        header = "Score documents by how well they answer a query.",
        descriptionHeading = "%n",
        description = "Needs a reranker, a model that reads query and document together. Prints the best first: score, "
                + "number of the document from 0, document. Scores are the model's own logits: they compare documents "
                + "for one query and are no probabilities.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt rerank ./bge-reranker-base --query \"what is a panda?\" --file lines.txt",
            "  smelt rerank model.gguf --query panda --text hi --text \"a bear\" --json"
        })
final class RerankCommand implements Callable<Integer> {
    /** What is scored. */
    static final class Subject {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "A document; may be repeated.")
        List<String> texts = List.of();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                required = true,
                description = "A UTF-8 file with a document in each line; - reads standard input.")
        @Nullable
        String file;
    }

    @Option(names = "--query", paramLabel = "TEXT", required = true, description = "What documents are to answer.")
    String query = "";

    @ArgGroup(multiplicity = "1")
    Subject subject = new Subject();

    @Option(names = "--top-n", paramLabel = "N", description = "Print the best N (default: all).")
    @Nullable
    Integer top;

    @Option(names = "--truncate", description = "Cut documents that are too long instead of refusing them.")
    boolean truncate;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    ModelOptions options = new ModelOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final ModelSource source;

    RerankCommand() {
        this(new ModelLoading());
    }

    RerankCommand(ModelSource source) {
        this.source = source;
    }

    /** @param results the best first */
    record Report(String model, String query, List<Scored> results) {}

    /** @param index of the document as it was given, from 0 */
    record Scored(int index, float relevanceScore, String document) {}

    @Override
    public Integer call() {
        options.check(spec.commandLine());
        if (top != null && top < 1) {
            throw new ParameterException(spec.commandLine(), "--top-n must be at least 1");
        }
        List<String> documents = TextInput.lines(subject.file, subject.texts);
        try (LoadedModel model = source.openReranker(options, spec.commandLine().getErr())) {
            print(report(model, documents), spec.commandLine().getOut());
            return 0;
        }
    }

    private Report report(LoadedModel model, List<String> documents) {
        List<Float> scores = Interruptible.run("Reranking", () -> model.rerank(query, documents, truncate));
        List<Scored> best = IntStream.range(0, documents.size())
                .mapToObj(i -> new Scored(i, scores.get(i), documents.get(i)))
                .sorted(Comparator.comparingDouble(Scored::relevanceScore).reversed())
                .limit(top == null ? documents.size() : top)
                .toList();
        return new Report(model.name(), query, best);
    }

    private void print(Report report, PrintWriter out) {
        if (json) {
            out.println(Json.pretty(report));
            return;
        }
        for (Scored scored : report.results()) {
            out.println(String.format(
                    Locale.ROOT, "%.6f\t%d\t%s", scored.relevanceScore(), scored.index(), scored.document()));
        }
    }
}
