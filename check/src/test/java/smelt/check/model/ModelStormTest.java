package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import smelt.compiler.CacheType;
import smelt.engine.Storms;
import smelt.engine.WrappedRunner;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepRunner;
import smelt.targets.cpu.CpuTarget;

/**
 * Guards engine/ by the storms that the null model stands ({@code StormTest}), on compiled models with and without
 * sliding windows, one of which keeps keys and values as q8. {@code ./verify storms} runs more of them, {@code ./verify
 * model-storm SEED} tells one.
 */
@Execution(ExecutionMode.SAME_THREAD)
class ModelStormTest {
    private static final long STORMS = Long.getLong("smelt.modelStorms", 40);
    private static final long ONE = Long.getLong("smelt.modelStorm", 0);
    private static final List<String> FAMILIES = List.of("llama", "gemma3", "qwen3", "phi3-longrope");
    private static final int CONTEXT = 160;

    @TempDir
    Path folder;

    /** A loaded model with fewer blocks, rows and wanted rows than it has; stays open. */
    private record Part(StepRunner model, Limits limits) implements WrappedRunner {
        static Part of(StepRunner model, Random random) {
            Limits all = model.limits();
            int least = Math.ceilDiv(all.contextLength(), all.blockPositions());
            return new Part(
                    model,
                    new Limits(
                            all.vocabulary(),
                            all.contextLength(),
                            all.blockPositions(),
                            least + random.nextInt(3),
                            1 + random.nextInt(all.maxRows()),
                            1 + random.nextInt(all.maxLogits())));
        }

        @Override
        public void close() {}
    }

    /** On models of which storm {@code seed} has the one of this number. */
    private void with(int family, Consumer<Storms> use) {
        try (ModelFile file = ModelFiles.open(TinyModel.FOLDER.resolve(FAMILIES.get(family)));
                Model model = Model.load(
                        file,
                        Models.build(file, new Models.Options(CONTEXT)),
                        new LoadOptions(
                                CONTEXT, 3 * CONTEXT, 1 + family % 3, family == 1 ? CacheType.Q8 : CacheType.F16),
                        CpuTarget.start(1 + family % 3))) {
            var storms = new Storms(
                    () -> new Part(model, model.limits()),
                    random -> Part.of(model, random),
                    model.limits().vocabulary(),
                    CONTEXT,
                    folder,
                    "./verify model-storm");
            use.accept(storms);
        }
    }

    @Test
    void randomStormsLeaveNothingBehind() {
        long begin = System.nanoTime();
        List<Storms.Outcome> outcomes = new ArrayList<>();
        for (int family = 0; family < FAMILIES.size(); family++) {
            int rest = family;
            LongStream seeds = LongStream.range(0, STORMS).filter(seed -> seed % FAMILIES.size() == rest);
            with(family, storms -> outcomes.add(storms.run(seeds)));
        }
        Storms.Outcome all = outcomes.stream().reduce(Storms.Outcome.NONE, Storms.Outcome::plus);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("model storms of seeds 0 to %d in %.1f s: %s%n", STORMS - 1, seconds, all);
        all.requireAll();
    }

    @Test
    void oneStormIsTold() {
        List<String> told = new ArrayList<>();
        with((int) (ONE % FAMILIES.size()), storms -> storms.tell(ONE, told::add));
        assertThat(told).isNotEmpty();
        if (System.getProperty("smelt.modelStorm") != null) {
            told.forEach(System.out::println);
        }
    }
}
