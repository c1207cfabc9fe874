package smelt.engine.hosting;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;
import smelt.base.Owned;
import smelt.base.Trace;
import smelt.compiler.CacheType;
import smelt.engine.Embedder;
import smelt.engine.Engine;
import smelt.engine.LoadedModel;
import smelt.engine.ModelInfo;
import smelt.engine.ModelService;
import smelt.engine.Settings;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.graph.ModelGraph.Pooling;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.Target;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;
import smelt.tokenizer.Tokenizer;

/** Models of files and folders: formats, models, runtime, engine. */
public final class ModelFileLoader implements ModelLoader {
    /** Positions of keys and values that are planned where nothing is said and the model has more. */
    public static final int USUAL_CONTEXT = 8192;
    /** Positions that the texts of one step have together, each in blocks of its own. */
    private static final int EMBEDDING_POSITIONS = 2048;

    private final Function<String, Path> paths;
    private final Choices choices;
    private final Function<String, Optional<String>> drafts;

    /**
     * How models are loaded.
     *
     * @param context positions of one sequence; 0 for the model's own, at most {@link #USUAL_CONTEXT}
     * @param threads of each model
     * @param pooling of what is to be an embedding model; empty for what the file says
     * @param cache how keys and values are kept
     * @param cacheBytes for those of all sequences of a model together; at least one whole context is kept
     */
    public record Choices(
            int context, int threads, Optional<Pooling> pooling, CacheType cache, long cacheBytes, Settings settings) {
        /** With keys and values of one context. */
        public Choices(int context, int threads, Optional<Pooling> pooling, CacheType cache, Settings settings) {
            this(context, threads, pooling, cache, 0, settings);
        }

        /** As the file says, with the usual context. */
        public static Choices usual(int threads) {
            return new Choices(0, threads, Optional.empty(), CacheType.F16, Settings.DEFAULT);
        }

        int contextOf(int trained) {
            return context > 0 ? context : Math.min(trained, USUAL_CONTEXT);
        }
    }

    /** @param paths finds, and downloads where it is missing, the file or folder of a name */
    public ModelFileLoader(Function<String, Path> paths, Choices choices) {
        this(paths, choices, name -> Optional.empty());
    }

    /** @param drafts names the draft model of a model, which is loaded with it and guesses for it */
    public ModelFileLoader(Function<String, Path> paths, Choices choices, Function<String, Optional<String>> drafts) {
        this.paths = paths;
        this.choices = choices;
        this.drafts = drafts;
    }

    @Override
    public PreparedFile prepare(String name) {
        Path path = paths.apply(name);
        Owned owned = new Owned();
        try {
            ModelFile file = Trace.timed("reading the header", () -> ModelFiles.open(path));
            owned.add(file, ModelFile::close);
            return prepare(name, path, file, owned);
        } catch (Failure e) {
            owned.close();
            throw isNameless(e, path) ? e.in(path.toString()) : e;
        } catch (Throwable e) {
            owned.close();
            throw e;
        }
    }

    private static boolean isNameless(Failure failure, Path path) {
        return failure.code() == FailureCode.MALFORMED && !failure.what().contains(path.toString());
    }

    /** What reads text (tokenizer, chat template) is made beside what computes (kernels, weights). */
    private PreparedFile prepare(String name, Path path, ModelFile file, Owned owned) {
        Beside<ModelText> text =
                Beside.start(() -> Trace.timed("making the tokenizer", () -> ModelText.of(path, file)));
        owned.add(text, Beside::await); // it reads the file
        try {
            ModelGraph read =
                    Trace.timed("building the graph", () -> Models.build(file, new Models.Options(choices.context())));
            ModelGraph graph = choices.pooling().map(read::pooled).orElse(read);
            Target target = Trace.timed("starting the target", () -> target(choices.threads()));
            owned.add(target, Target::close);
            boolean generates = graph.info().pooling() == Pooling.NONE;
            LoadPlan plan =
                    LoadPlan.of(graph, options(graph, target), target).withCache(generates ? choices.cacheBytes() : 0);
            Optional<PreparedDraft> draft = drafts.apply(name)
                    .filter(any -> generates)
                    .map(paths)
                    .map(of -> PreparedDraft.of(of, plan, text.get().tokenizer(), target, owned));
            return new PreparedFile(name, identity(path), file, plan, target, text, draft, choices, owned);
        } catch (Failure e) {
            text.get(); // two failures: that of the text is told
            throw e;
        }
    }

    private static String identity(Path path) {
        try {
            return path.toRealPath().toString();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize().toString();
        }
    }

    private LoadOptions options(ModelGraph graph, Target target) {
        int context = choices.contextOf(graph.info().contextLength());
        boolean pooled = graph.info().pooling() != Pooling.NONE;
        int positions = pooled ? Math.max(context, EMBEDDING_POSITIONS) : context;
        return new LoadOptions(context, positions, target.threads(), choices.cache());
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

    /** A file that is open and planned, with threads that wait for it. */
    public static final class PreparedFile implements Prepared {
        private final String name;
        private final String identity;
        private final ModelFile file;
        private final Target target;
        private final Beside<ModelText> text;
        private final Optional<PreparedDraft> draft;
        private final Choices choices;
        private final Owned owned;
        private LoadPlan plan;
        private boolean handedOver;

        private PreparedFile(
                String name,
                String identity,
                ModelFile file,
                LoadPlan plan,
                Target target,
                Beside<ModelText> text,
                Optional<PreparedDraft> draft,
                Choices choices,
                Owned owned) {
            this.name = name;
            this.identity = identity;
            this.file = file;
            this.plan = plan;
            this.target = target;
            this.text = text;
            this.draft = draft;
            this.choices = choices;
            this.owned = owned;
        }

        public String name() {
            return name;
        }

        public LoadPlan plan() {
            return plan;
        }

        /** Loads with a shorter context than was planned. */
        public void shorten(int context) {
            plan = plan.withContext(context);
            draft.ifPresent(of -> of.shorten(context));
        }

        /** The longest context, no longer than the planned one, that fits beside the draft model; empty: none does. */
        public OptionalInt longestContext(long room) {
            return plan.longestContext(room - draftBytes());
        }

        private long draftBytes() {
            return draft.map(PreparedDraft::bytes).orElse(0L);
        }

        @Override
        public String identity() {
            return identity;
        }

        @Override
        public long bytes() {
            return plan.need().total() + draftBytes();
        }

        @Override
        public String adviceFor(long room) {
            int planned = plan.options().contextLength();
            return longestContext(room).stream()
                    .mapToObj(longest -> "a context of " + longest + " would fit, " + planned + " does not")
                    .findFirst()
                    .orElse("unload another model, or take a smaller one or more of a quantised type");
        }

        @Override
        public LoadedModel load() {
            handedOver = true;
            var opened = new Owned();
            opened.add(file, ModelFile::close);
            draft.ifPresent(of -> opened.add(of, PreparedDraft::close));
            try {
                Model model = opened.add(Model.load(file, plan, target), Model::close);
                @Nullable OpenModel guesser = draft.map(PreparedDraft::load).orElse(null);
                if (guesser != null) {
                    opened.add(guesser.model(), Model::close);
                }
                return serve(new OpenModel(model, plan.graph(), file), guesser);
            } catch (Throwable e) {
                text.await();
                opened.close();
                throw e;
            }
        }

        private LoadedModel serve(OpenModel open, @Nullable OpenModel guesser) {
            ModelText read = text.get();
            Set<Integer> endIds =
                    read.tokenizer().map(Tokenizer::endIds).orElseGet(() -> configuredEndIds(file.metadata()));
            Pooling pooling = plan.graph().info().pooling();
            ModelService service = pooling == Pooling.NONE
                    ? new Engine(open, guesser, read.tokenizer().orElse(null), choices.settings())
                    : new Embedder(open, pooling);
            ModelInfo info = new ModelInfo(
                    name,
                    plan.graph().info().family(),
                    plan.graph().info().contextLength(),
                    service.contextLength(),
                    pooling,
                    open.model().memoryBytes()
                            + (guesser == null ? 0 : guesser.model().memoryBytes()));
            return new LoadedModel(info, service, read.tokenizer(), read.chatFormat(), endIds);
        }

        @Override
        public void close() {
            if (!handedOver) {
                handedOver = true;
                owned.close();
            }
        }
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
