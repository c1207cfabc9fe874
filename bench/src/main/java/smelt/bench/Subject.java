package smelt.bench;

import java.nio.file.Path;
import java.util.function.Supplier;
import smelt.compiler.CacheType;
import smelt.engine.Engine;
import smelt.engine.Settings;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;

/**
 * A model on the bench, loaded as any command loads it.
 *
 * @param loadSeconds from opening the file to being ready for the first step
 * @param work what it takes, at least
 */
record Subject(Engine engine, Model model, Work work, double loadSeconds) implements AutoCloseable {

    /**
     * @param context positions of one sequence
     * @param positions of all sequences together
     */
    static Subject open(Path path, Tier tier, int threads, int context, int positions, CacheType cache) {
        long start = System.nanoTime();
        OpenModel loaded = load(path, tier, threads, context, positions, cache);
        double seconds = (System.nanoTime() - start) / 1e9;
        Model model = loaded.model();
        return new Subject(new Engine(loaded, null, Settings.DEFAULT), model, Work.of(loaded), seconds);
    }

    /** Positions of one sequence that the model was made for. */
    static int trainedContext(Path path) {
        try (ModelFile file = ModelFiles.open(path)) {
            return Models.build(file, Models.Options.defaults()).info().contextLength();
        }
    }

    @Override
    public void close() {
        engine.close();
    }

    /** A model on so many threads of {@code tier}. */
    static OpenModel load(Path path, Tier tier, int threads, int context, int positions, CacheType cache) {
        return load(path, () -> CpuTarget.start(tier, threads), context, positions, cache);
    }

    static OpenModel load(Path path, Supplier<CpuTarget> starting, int context, int positions, CacheType cache) {
        ModelFile file = ModelFiles.open(path);
        try {
            ModelGraph graph = Models.build(file, new Models.Options(context));
            CpuTarget target = starting.get();
            LoadOptions options = new LoadOptions(context, positions, target.threads(), cache);
            return new OpenModel(Model.load(file, graph, options, target), graph, file);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }
}
