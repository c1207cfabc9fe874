package smelt.cli;

import java.io.PrintWriter;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.LoadedModel;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelFileLoader;
import smelt.engine.hosting.ModelHost;
import smelt.graph.ModelGraph.Pooling;
import smelt.store.StoredModel;
import smelt.targets.cpu.Machine;

/** The way from a model's name to a model that answers: store, engine. */
final class ModelLoading implements ModelSource {
    /** Threads for each processor, above which meeting at barriers takes most of the time. */
    private static final int CROWDED = 4;
    /** A context that nobody asked for is not made shorter than this. */
    private static final int LEAST_CONTEXT = 512;

    @Override
    public LoadedModel open(ModelOptions options, SpeculationOptions speculation, PrintWriter err) {
        try (ModelFileLoader.PreparedFile prepared = prepare(options, Optional.empty(), speculation, err)) {
            if (pooling(prepared) != Pooling.NONE) {
                throw LoadedModel.cannotWrite(prepared.name(), pooling(prepared));
            }
            return load(prepared, options, err);
        }
    }

    @Override
    public LoadedModel openEmbedder(ModelOptions options, Optional<Pooling> pooling, PrintWriter err) {
        try (ModelFileLoader.PreparedFile prepared = prepare(options, pooling, new SpeculationOptions(), err)) {
            if (pooling(prepared) == Pooling.NONE || pooling(prepared) == Pooling.RANK) {
                throw LoadedModel.cannotEmbed(prepared.name(), pooling(prepared));
            }
            return load(prepared, options, err);
        }
    }

    @Override
    public LoadedModel openReranker(ModelOptions options, PrintWriter err) {
        try (ModelFileLoader.PreparedFile prepared =
                prepare(options, Optional.empty(), new SpeculationOptions(), err)) {
            if (pooling(prepared) != Pooling.RANK) {
                throw LoadedModel.cannotRerank(prepared.name());
            }
            return load(prepared, options, err);
        }
    }

    private static Pooling pooling(ModelFileLoader.PreparedFile prepared) {
        return prepared.plan().graph().info().pooling();
    }

    private static ModelFileLoader.PreparedFile prepare(
            ModelOptions options, Optional<Pooling> pooling, SpeculationOptions speculation, PrintWriter err) {
        StoredModel stored = options.model.resolve(err);
        Optional<StoredModel> draft = speculation.draft(options.model.store, err);
        Settings settings = Settings.DEFAULT.withSpeculation(speculation.how());
        var choices = new ModelFileLoader.Choices(
                options.context, options.threads.count(), pooling, options.cache.type(), settings);
        return SpeculationOptions.loader(stored, draft, choices).prepare(stored.name());
    }

    private static LoadedModel load(ModelFileLoader.PreparedFile prepared, ModelOptions options, PrintWriter err) {
        warn(prepared, options, err);
        fit(prepared, options, Machine.usableMemory(), err);
        return prepared.load();
    }

    private static void warn(ModelFileLoader.PreparedFile prepared, ModelOptions options, PrintWriter err) {
        int trained = prepared.plan().graph().info().contextLength();
        int planned = prepared.plan().options().contextLength();
        if (options.context > planned) {
            err.println("smelt: " + prepared.name() + " has learned " + planned
                    + " positions and knows no others: its context is " + planned);
        } else if (options.context > trained) {
            err.println("smelt: " + prepared.name() + " was trained for " + trained
                    + " positions; what it says beyond them may make no sense");
        }
        if (options.threads.count() > CROWDED * Runtime.getRuntime().availableProcessors()) {
            err.println("smelt: " + options.threads.count() + " threads share "
                    + Runtime.getRuntime().availableProcessors() + " processors and mostly wait for each other");
        }
    }

    /** Refuses what the memory cannot hold; a context that nobody asked for becomes shorter instead. */
    static void fit(ModelFileLoader.PreparedFile prepared, ModelOptions options, long memory, PrintWriter err) {
        if (prepared.bytes() <= memory) {
            return;
        }
        int longest = prepared.longestContext(memory).orElse(0);
        if (options.context > 0 || longest < LEAST_CONTEXT) {
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            prepared.name() + " needs " + ModelHost.size(prepared.bytes()) + " of memory, and "
                                    + ModelHost.size(memory) + " are free")
                    .withNextStep(prepared.adviceFor(memory));
        }
        err.println("smelt: the free memory of " + ModelHost.size(memory) + " holds a context of " + longest
                + " tokens, not the usual "
                + prepared.plan().options().contextLength());
        prepared.shorten(longest);
    }
}
