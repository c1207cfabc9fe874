package smelt.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.engine.Engine;
import smelt.engine.Settings;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.store.StoredModel;
import smelt.targets.Target;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Machine;
import smelt.targets.reference.ReferenceTarget;
import smelt.tokenizer.ChatTemplateSource;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;
import smelt.tokenizer.jinja.ChatTemplate;

/** The way from a model's name to an engine: store, formats, models, runtime, engine. */
final class ModelLoading implements ModelSource {
    /** Threads for each processor, above which meeting at barriers takes most of the time. */
    private static final int CROWDED = 4;

    @Override
    public LoadedModel open(String model, ModelOptions options, PrintWriter err) {
        StoredModel stored = options.store.resolve(model, err);
        ModelFile file = ModelFiles.open(stored.path());
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

    private static LoadedModel load(StoredModel stored, ModelFile file, ModelOptions options, PrintWriter err) {
        Optional<Tokenizer> tokenizer = tokenizer(stored.path(), file);
        Optional<LoadedModel.ChatFormat> chatFormat =
                tokenizer.flatMap(t -> template(stored.path(), file, t)).map(ModelLoading::chatFormat);
        ModelGraph graph = Models.build(file, new Models.Options(options.context));
        if (graph.info().pooling() != ModelGraph.Pooling.NONE) {
            throw Failure.of(FailureCode.UNSUPPORTED, stored.name() + " makes embeddings, it cannot write text");
        }
        int trained = graph.info().contextLength();
        if (options.context > trained) {
            err.println("smelt: " + stored.name() + " was trained for " + trained
                    + " positions; what it says beyond them may make no sense");
        }
        if (options.threads > CROWDED * Runtime.getRuntime().availableProcessors()) {
            err.println("smelt: " + options.threads + " threads share "
                    + Runtime.getRuntime().availableProcessors() + " processors and mostly wait for each other");
        }
        StepRunner runner = runner(file, graph, options);
        Set<Integer> endIds = tokenizer.map(Tokenizer::endIds).orElseGet(() -> configuredEndIds(file.metadata()));
        return new LoadedModel(
                stored.name(),
                new Engine(runner, tokenizer.orElse(null), Settings.DEFAULT),
                tokenizer,
                chatFormat,
                endIds);
    }

    /** Closes the file with the model that reads its embeddings from it. */
    private record OpenModel(Model model, ModelFile file) implements StepRunner {
        @Override
        public Limits limits() {
            return model.limits();
        }

        @Override
        public Logits run(StepBatch batch) {
            return model.run(batch);
        }

        @Override
        public void close() {
            try (file) {
                model.close();
            }
        }
    }

    private static StepRunner runner(ModelFile file, ModelGraph graph, ModelOptions options) {
        int context = options.contextOf(graph.info().contextLength());
        Target target = target(options.threads);
        try {
            var load = new LoadOptions(context, context, target.threads());
            return new OpenModel(Model.load(file, graph, load, target), file);
        } catch (Throwable e) {
            target.close();
            throw e;
        }
    }

    private static Target target(int asked) {
        int threads = asked > 0 ? asked : Machine.detect().threads();
        String name = Option.TARGET.get();
        return switch (name) {
            case "cpu" -> CpuTarget.start(threads);
            case "reference" -> new ReferenceTarget(threads);
            default ->
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "SMELT_TARGET=" + name + " is no target")
                        .withNextStep("cpu and reference are");
        };
    }

    private static Optional<Tokenizer> tokenizer(Path path, ModelFile file) {
        return switch (file.format()) {
            case GGUF ->
                file.metadata().has("tokenizer.ggml.tokens")
                        ? Optional.of(Tokenizers.fromGguf(file.metadata()))
                        : Optional.empty();
            case SAFETENSORS ->
                Files.exists(folder(path).resolve("tokenizer.json"))
                        ? Optional.of(Tokenizers.fromHuggingFace(folder(path)))
                        : Optional.empty();
        };
    }

    private static Optional<ChatTemplateSource> template(Path path, ModelFile file, Tokenizer tokenizer) {
        return switch (file.format()) {
            case GGUF -> Tokenizers.chatTemplate(file.metadata(), tokenizer);
            case SAFETENSORS -> Tokenizers.chatTemplate(folder(path));
        };
    }

    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return Files.isDirectory(path) || parent == null ? path : parent;
    }

    private static LoadedModel.ChatFormat chatFormat(ChatTemplateSource source) {
        var template = new ChatTemplate(source.template(), source.bosToken(), source.eosToken());
        return messages -> template.render(messages, null, true, Map.of());
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
