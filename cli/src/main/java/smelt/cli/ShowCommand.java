package smelt.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.hosting.ModelFileLoader;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.store.Sizes;
import smelt.store.StoredModel;

/** {@code smelt show}. */
@Command(
        name = "show",
        header = "Show what a model is and what it needs.",
        descriptionHeading = "%n",
        description =
                "Reads the model's header; its weights stay untouched. A model that is not here is downloaded first.",
        parameterListHeading = "%n",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt show smollm2",
            "  smelt show ./model.gguf --context 8192   memory for 8,192 tokens",
            "  smelt show smollm2 --template            the chat template alone",
            "  smelt show smollm2 --json | jq .memory",
            "  smelt show smollm2 --kv q8               with keys and values as int8"
        })
final class ShowCommand implements Callable<Integer> {
    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = "Plan the memory for so many tokens (default: as run does, the model's own context, at most "
                    + ModelFileLoader.USUAL_CONTEXT + ").")
    @Nullable
    Integer context;

    @Mixin
    CacheOption cache = new CacheOption();

    @Option(names = "--template", description = "Print the chat template and nothing else.")
    boolean template;

    @Option(names = "--json", description = "Print it as JSON.")
    boolean json;

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (context != null && context <= 0) {
            throw new ParameterException(spec.commandLine(), "--context must be at least 1");
        }
        StoredModel found = model.resolve(spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        try (ModelFile file = ModelFiles.open(found.path())) {
            Optional<String> chat = Vocabularies.chatTemplate(file, found.path());
            if (template) {
                out.println(chat.orElseThrow(() -> noTemplate(found)));
                return 0;
            }
            OptionalInt tokens = context == null ? OptionalInt.empty() : OptionalInt.of(context);
            ModelReport report = ModelReport.of(found, file, chat.isPresent(), tokens, cache.type());
            if (json) {
                out.println(Json.pretty(report));
            } else {
                print(report, out);
            }
        }
        return 0;
    }

    private static Failure noTemplate(StoredModel found) {
        return Failure.of(FailureCode.NOT_FOUND, found.name() + " carries no chat template");
    }

    private static void print(ModelReport r, PrintWriter out) {
        line(
                out,
                "name",
                r.name()
                        + r.title()
                                .filter(t -> !t.equals(r.name()))
                                .map(t -> " (" + t + ")")
                                .orElse(""));
        line(out, "family", r.family().orElse(r.architecture()) + (r.runs() ? "" : ": smelt does not run it"));
        r.whyNot().ifPresent(why -> line(out, "", why));
        line(out, "parameters", ModelReport.count(r.parameters()));
        line(out, "shape", shape(r));
        line(out, "context", text(r.contextLength()) + " tokens");
        line(out, "vocabulary", text(r.vocabulary()) + " pieces");
        line(out, "template", r.chatTemplate() ? "yes (--template prints it)" : "none");
        line(out, "licence", r.licence().orElse("unknown"));
        line(
                out,
                "source",
                r.source()
                        + r.pulled().map(t -> ", pulled " + t.substring(0, 10)).orElse(""));
        line(out, "path", r.path().toString());
        line(out, "size", Sizes.text(r.bytes()) + " (" + r.format().toString().toLowerCase(Locale.ROOT) + ")");
        String label = "types";
        for (ModelReport.TypeShare type : r.types()) {
            line(out, label, type(type));
            label = "";
        }
        r.memory().ifPresent(memory -> line(out, "memory", memory(memory)));
    }

    private static void line(PrintWriter out, String label, String text) {
        out.println(String.format(Locale.ROOT, "%-12s%s", label, text).stripTrailing());
    }

    private static String shape(ModelReport r) {
        return text(r.layers()) + " layers, " + text(r.hidden()) + " wide, " + text(r.heads()) + " heads, "
                + text(r.keyValueHeads()) + " of keys and values";
    }

    private static String type(ModelReport.TypeShare type) {
        return String.format(
                Locale.ROOT,
                "%-8s%9s  %5.1f%%  in %d tensor%s",
                type.type(),
                Sizes.text(type.bytes()),
                type.share() * 100,
                type.tensors(),
                type.tensors() == 1 ? "" : "s");
    }

    private static String memory(ModelReport.Memory need) {
        String parts = String.format(
                Locale.ROOT,
                "%s of weights + %s for %,d tokens in %s + %s to work = %s",
                Sizes.text(need.weights()),
                Sizes.text(need.keyValue()),
                need.context(),
                need.kv(),
                Sizes.text(need.work()),
                Sizes.text(need.total()));
        return parts + (need.fits() ? "" : "; more than the " + Sizes.text(need.available()) + " that are free");
    }

    private static String text(OptionalLong number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%,d", number.getAsLong()) : "unknown";
    }
}
