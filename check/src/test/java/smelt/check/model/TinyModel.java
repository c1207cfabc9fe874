package smelt.check.model;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.targets.Target;

/**
 * One of the tiny models, its matrices in a type of choice, and a random prompt.
 *
 * @param length of the prompt
 * @param cache how keys and values are kept
 */
record TinyModel(String name, DType type, int length, CacheType cache) {
    static final Path FOLDER = Path.of(System.getProperty("smelt.tinyModels", "src/test/resources/tiny-models"));
    private static final long SEED = 20261122;

    TinyModel(String name, DType type, int length) {
        this(name, type, length, CacheType.F16);
    }

    /**
     * Logits after each token; closes the target.
     *
     * @param chunks tokens of each step; the last size repeats
     */
    List<float[]> logits(Target target, int... chunks) {
        try (ModelFile file = new RecodedFile(ModelFiles.open(FOLDER.resolve(name)), type)) {
            ModelGraph graph = Models.build(file, new Models.Options(length));
            LoadOptions options = new LoadOptions(length, length, target.threads(), cache);
            try (Model model = Model.load(file, graph, options, target)) {
                return logits(model, prompt(graph.info().vocabulary()), chunks);
            }
        }
    }

    private int[] prompt(int vocabulary) {
        return new Random(SEED).ints(length, 0, vocabulary).toArray();
    }

    private static List<float[]> logits(StepRunner model, int[] tokens, int[] chunks) {
        int[] blocks = IntStream.range(0, model.limits().blockCount()).toArray();
        List<float[]> result = new ArrayList<>();
        int from = 0;
        for (int step = 0; from < tokens.length; step++) {
            int end = Math.min(tokens.length, from + chunks[Math.min(step, chunks.length - 1)]);
            int[] part = Arrays.copyOfRange(tokens, from, end);
            StepRunner.Logits logits = model.run(new StepBatch(List.of(new StepBatch.Chunk(part, from, blocks, 0))));
            for (int i = 0; i < logits.count(); i++) {
                result.add(logits.row(i).toArray(ValueLayout.JAVA_FLOAT));
            }
            from = end;
        }
        return result;
    }

    @Override
    public String toString() {
        return name + " in " + type + " with a cache in " + cache + ", " + length + " tokens of seed " + SEED;
    }
}
