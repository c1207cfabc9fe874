package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.base.Trace;
import smelt.engine.Engine;
import smelt.engine.Settings;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.runtime.StepRunner;
import smelt.store.StoredModel;
import smelt.targets.Target;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;
import smelt.tokenizer.Tokenizer;

/** The way from a model's name to an engine: store, formats, models, runtime, engine. */
final class ModelLoading implements ModelSource {
    /** Threads for each processor, above which meeting at barriers takes most of the time. */
    private static final int CROWDED = 4;

    @Override
    public LoadedModel open(ModelOptions options, PrintWriter err) {
        StoredModel stored = options.model.resolve(err);
        ModelFile file = Trace.timed("reading the header", () -> ModelFiles.open(stored.path()));
        try {
            return load(stored, file, options, err);
        } catch (Failure e) {
            file.close();
            throw isNameless(e, stored.path()) ? e.in(stored.path().toString()) : e;
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    private static boolean isNameless(Failure failure, Path path) {
        return failure.code() == FailureCode.MALFORMED && !failure.what().contains(path.toString());
    }

    /** The plan: what reads text (tokenizer, chat template) is made beside what computes (kernels, weights). */
    private static LoadedModel load(StoredModel stored, ModelFile file, ModelOptions options, PrintWriter err) {
        Beside<ModelText> text =
                Beside.start(() -> Trace.timed("making the tokenizer", () -> ModelText.of(stored.path(), file)));
        try {
            ModelGraph graph =
                    Trace.timed("building the graph", () -> Models.build(file, new Models.Options(options.context)));
            check(stored.name(), graph, options, err);
            return ready(stored.name(), runner(file, graph, options), text, file);
        } catch (Failure e) {
            text.get(); // two failures: that of the text is told
            throw e;
        }
    }

    private static LoadedModel ready(String name, StepRunner runner, Beside<ModelText> text, ModelFile file) {
        try {
            ModelText read = text.get();
            Set<Integer> endIds =
                    read.tokenizer().map(Tokenizer::endIds).orElseGet(() -> configuredEndIds(file.metadata()));
            Engine engine = new Engine(runner, read.tokenizer().orElse(null), Settings.DEFAULT);
            return new LoadedModel(name, engine, read.tokenizer(), read.chatFormat(), endIds);
        } catch (Throwable e) {
            runner.close();
            throw e;
        }
    }

    private static void check(String name, ModelGraph graph, ModelOptions options, PrintWriter err) {
        if (graph.info().pooling() != ModelGraph.Pooling.NONE) {
            throw Failure.of(FailureCode.UNSUPPORTED, name + " makes embeddings, it cannot write text");
        }
        int trained = graph.info().contextLength();
        if (options.context > trained) {
            err.println("smelt: " + name + " was trained for " + trained
                    + " positions; what it says beyond them may make no sense");
        }
        if (options.threads.count() > CROWDED * Runtime.getRuntime().availableProcessors()) {
            err.println("smelt: " + options.threads.count() + " threads share "
                    + Runtime.getRuntime().availableProcessors() + " processors and mostly wait for each other");
        }
    }

    private static StepRunner runner(ModelFile file, ModelGraph graph, ModelOptions options) {
        int context = options.contextOf(graph.info().contextLength());
        Target target = Trace.timed("starting the target", () -> target(options.threads.count()));
        var load = new LoadOptions(context, context, target.threads());
        return new OpenModel(Model.load(file, graph, load, target), graph, file);
    }

    private static Target target(int threads) {
        String name = Option.TARGET.get();
        return switch (name) {
            case "cpu" -> CpuTarget.start(threads);
            case "reference" -> new ReferenceTarget(threads);
            default ->
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "SMELT_TARGET=" + name + " is no target")
                        .withNextStep("cpu and reference are");
        };
    }

    /** {@code eos_token_id} of a folder without a tokenizer: a number or a list of them. */
    private static Set<Integer> configuredEndIds(Metadata metadata) {
        Set<Integer> ids = new TreeSet<>();
        Object value = metadata.values().get("eos_token_id");
        List<?> values = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        for (Object id : values) {
            if (id instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
                ids.add(number.intValue());
            }
        }
        return ids;
    }
}
