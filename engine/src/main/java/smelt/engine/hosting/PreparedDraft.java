package smelt.engine.hosting;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Owned;
import smelt.compiler.Tiling;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.graph.ModelGraph.Pooling;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.BitMover;
import smelt.targets.Target;
import smelt.tokenizer.Tokenizer;

/**
 * A draft model whose file is open and whose memory is planned, on the threads of the model that it is to guess for:
 * the two never run at once.
 */
final class PreparedDraft {
    private final ModelFile file;
    private final Target target;
    private LoadPlan plan;

    private PreparedDraft(ModelFile file, Target target, LoadPlan plan) {
        this.file = file;
        this.target = target;
        this.plan = plan;
    }

    /**
     * Opens the file and compares vocabularies.
     *
     * @param model that it is to guess for, on {@code target}
     * @param tokenizer of that model
     * @param owned closes the file where nothing is loaded
     * @throws Failure UNSUPPORTED where it makes vectors or its token ids mean something else
     */
    static PreparedDraft of(Path path, LoadPlan model, Optional<Tokenizer> tokenizer, Target target, Owned owned) {
        ModelFile file = owned.add(ModelFiles.open(path), ModelFile::close);
        ModelGraph own = Models.build(file, Models.Options.defaults());
        if (own.info().pooling() != Pooling.NONE) {
            throw cannotGuess(path, "it makes embeddings");
        }
        difference(
                        model.graph().info().vocabulary(),
                        tokenizer,
                        own,
                        ModelText.of(path, file).tokenizer())
                .ifPresent(difference -> {
                    throw cannotGuess(path, difference);
                });
        int context = Math.min(model.options().contextLength(), own.info().contextLength());
        ModelGraph graph = Models.build(file, new Models.Options(context));
        var options = new LoadOptions(
                context,
                model.options().cachePositions(),
                target.threads(),
                model.options().cache());
        Target shared = new SharedTarget(target);
        return new PreparedDraft(file, shared, LoadPlan.of(graph, options, shared));
    }

    private static Failure cannotGuess(Path path, String why) {
        return Failure.of(FailureCode.UNSUPPORTED, path + " cannot guess for this model: " + why)
                .withNextStep("take a smaller model of the same family as --draft");
    }

    /** How the two vocabularies differ; empty where the same ids mean the same. */
    private static Optional<String> difference(
            int vocabulary, Optional<Tokenizer> tokenizer, ModelGraph draft, Optional<Tokenizer> drafts) {
        int own = draft.info().vocabulary();
        if (tokenizer.isEmpty() && drafts.isEmpty()) {
            return vocabulary == own
                    ? Optional.empty()
                    : Optional.of("it has " + own + " token ids, not " + vocabulary);
        }
        if (tokenizer.isEmpty() || drafts.isEmpty()) {
            return Optional.of("one of them has no tokenizer, so nobody knows whether its ids mean the same");
        }
        return difference(tokenizer.get(), drafts.get());
    }

    static Optional<String> difference(Tokenizer model, Tokenizer draft) {
        if (model.vocabularySize() != draft.vocabularySize()) {
            return Optional.of(
                    "its vocabulary has " + draft.vocabularySize() + " tokens, not " + model.vocabularySize());
        }
        for (int id = 0; id < model.vocabularySize(); id++) {
            boolean same = model.piece(id).equals(draft.piece(id))
                    && Arrays.equals(model.bytes(id, true), draft.bytes(id, true));
            if (!same) {
                return Optional.of(
                        "its token " + id + " is \"" + draft.piece(id) + "\", not \"" + model.piece(id) + "\"");
            }
        }
        return Optional.empty();
    }

    /** Native memory that {@link #load} will take. */
    long bytes() {
        return plan.need().total();
    }

    /** The same for a shorter context of the model. */
    void shorten(int context) {
        plan = plan.withContext(Math.min(context, plan.options().contextLength()));
    }

    /** Loads it; at most once. */
    OpenModel load() {
        return new OpenModel(Model.load(file, plan, target), plan.graph(), file);
    }

    void close() {
        file.close();
    }

    /** The threads of another model, which closes them. */
    private record SharedTarget(Target target) implements Target {
        @Override
        public String description() {
            return target.description();
        }

        @Override
        public Tiling tiling() {
            return target.tiling();
        }

        @Override
        public int threads() {
            return target.threads();
        }

        @Override
        public Step prepare(List<Invocation> calls, List<MemorySegment> memory) {
            return target.prepare(calls, memory);
        }

        @Override
        public Optional<BitMover> mover() {
            return target.mover();
        }

        @Override
        public void close() {}
    }
}
