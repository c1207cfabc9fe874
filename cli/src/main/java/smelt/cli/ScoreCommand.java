package smelt.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.LoadedModel;
import smelt.engine.Score;
import smelt.engine.Scorer;
import smelt.engine.sampling.LogProbs;

/** {@code smelt score}. */
@Command(
        name = "score",
        header = "Tell how likely a model finds a text, token by token.",
        descriptionHeading = "%n",
        description = "Prints each token with its log-probability (natural logarithm) given all tokens before it, and "
                + "the most likely tokens at its place; at the end mean_nll (the mean of the negative "
                + "log-probabilities) and perplexity. Text gets a begin token where the model's own rule adds one; "
                + "control tokens in it are read as such.",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt score smollm2 --text \"The capital of Japan is Tokyo.\"",
            "  smelt score smollm2 --file book.txt --window 512 --json | jq .perplexity",
            "  smelt score ./folder-without-tokenizer --tokens 1,15,9 --json"
        })
final class ScoreCommand implements Callable<Integer> {
    /** What is scored. */
    static final class Subject {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "The text to score.")
        @Nullable
        String text;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                required = true,
                description = "A UTF-8 file; - reads standard input.")
        @Nullable
        String file;

        @Option(
                names = "--tokens",
                paramLabel = "IDS",
                required = true,
                converter = TokenIds.Converter.class,
                description = "Token ids to score, such as 1,2,3.")
        @Nullable
        TokenIds tokens;
    }

    @ArgGroup(multiplicity = "1")
    Subject subject = new Subject();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many of the most likely tokens to tell (default: ${DEFAULT-VALUE}).")
    int top = 5;

    @Option(
            names = "--window",
            paramLabel = "TOKENS",
            description = "Score windows of this many tokens, each for itself (default: all in one).")
    int window;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Mixin
    ModelOptions options = new ModelOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final ModelSource source;

    ScoreCommand() {
        this(new ModelLoading());
    }

    ScoreCommand(ModelSource source) {
        this.source = source;
    }

    record ScoredToken(
            int id, @Nullable String text, @Nullable Double logprob, List<TopToken> top) {}

    record TopToken(int id, @Nullable String text, double logprob) {}

    /**
     * @param next the most likely tokens after the last one
     * @param meanNll null where no token has another before it
     */
    record Report(
            String model,
            List<ScoredToken> tokens,
            List<TopToken> next,
            @Nullable Double meanNll,
            @Nullable Double perplexity) {}

    @Override
    public Integer call() {
        options.check(spec.commandLine());
        if (top < 0 || window < 0 || window == 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--top must be 0 or more and --window 2 or more, but are " + top + " and " + window);
        }
        PrintWriter out = spec.commandLine().getOut();
        String text = subject.file == null ? subject.text : TextInput.read(subject.file);
        try (LoadedModel model = source.open(
                options, new SpeculationOptions(), spec.commandLine().getErr())) {
            Report report = report(model, score(model, ids(model, text)));
            if (json) {
                out.println(Json.pretty(report));
            } else {
                print(report, out);
            }
            return 0;
        }
    }

    private int[] ids(LoadedModel model, @Nullable String text) {
        TokenIds given = subject.tokens;
        int[] ids = given != null ? given.ids() : model.rawPrompt(Objects.requireNonNull(text));
        if (ids.length == 0) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The text has no tokens");
        }
        int context = model.engine().contextLength();
        if ((window == 0 ? ids.length : window) > context) {
            throw Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            (window == 0 ? "The text has " + ids.length : "A window has " + window)
                                    + " tokens, the context holds " + context)
                    .withNextStep("--window " + context + " scores it piece by piece");
        }
        return ids;
    }

    private List<Score> score(LoadedModel model, int[] ids) {
        var scorer = new Scorer(model.engine());
        int length = window == 0 ? ids.length : window;
        List<Score> scores = new ArrayList<>();
        for (int start = 0; start < ids.length; start += length) {
            int[] piece = Arrays.copyOfRange(ids, start, Math.min(ids.length, start + length));
            scores.add(Interruptible.run("Scoring", () -> scorer.score(piece, top)));
        }
        return scores;
    }

    private static Report report(LoadedModel model, List<Score> scores) {
        List<ScoredToken> tokens = new ArrayList<>();
        double nll = 0;
        int scored = 0;
        for (Score score : scores) {
            for (Score.Token token : score.tokens()) {
                LogProbs logProbs = token.logProbs();
                nll -= logProbs == null ? 0 : logProbs.logProb();
                scored += logProbs == null ? 0 : 1;
                tokens.add(new ScoredToken(
                        token.id(),
                        text(model, token.id()),
                        logProbs == null ? null : logProbs.logProb(),
                        logProbs == null ? List.of() : tops(model, logProbs.top())));
            }
        }
        Double mean = scored == 0 ? null : nll / scored;
        Double perplexity = mean == null ? null : StrictMath.exp(mean);
        return new Report(model.name(), tokens, tops(model, scores.getLast().next()), mean, perplexity);
    }

    private static List<TopToken> tops(LoadedModel model, List<LogProbs.Top> top) {
        return top.stream()
                .map(t -> new TopToken(t.id(), text(model, t.id()), t.logProb()))
                .toList();
    }

    /** Control tokens as they are written; null without a tokenizer, or for an id that its vocabulary lacks. */
    private static @Nullable String text(LoadedModel model, int id) {
        return model.tokenizer()
                .filter(t -> id < t.vocabularySize())
                .map(t -> new String(t.bytes(id, true), StandardCharsets.UTF_8))
                .orElse(null);
    }

    private static void print(Report report, PrintWriter out) {
        Table table = new Table(">ID", "TEXT", ">LOGPROB", "MOST LIKELY");
        for (ScoredToken token : report.tokens()) {
            table.row(
                    String.valueOf(token.id()),
                    shown(token.text()),
                    token.logprob() == null ? "" : String.format(Locale.ROOT, "%.4f", token.logprob()),
                    String.join(
                            "  ",
                            token.top().stream()
                                    .map(t -> String.format(Locale.ROOT, "%s %.3f", shown(t), t.logprob()))
                                    .toList()));
        }
        out.print(table);
        if (report.meanNll() != null && report.perplexity() != null) {
            out.println(String.format(
                    Locale.ROOT, "mean_nll %.6f%nperplexity %.4f", report.meanNll(), report.perplexity()));
        }
    }

    private static String shown(TopToken token) {
        return token.text() == null ? String.valueOf(token.id()) : shown(token.text());
    }

    private static String shown(@Nullable String text) {
        return text == null
                ? ""
                : "'" + text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "'";
    }
}
