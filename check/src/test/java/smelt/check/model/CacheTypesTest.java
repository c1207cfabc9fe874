package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/** Guards keys and values kept as int8, in models of every family: the same bits everywhere, near f16, half of it. */
@Execution(ExecutionMode.SAME_THREAD)
class CacheTypesTest {
    private static final int TOKENS = 50;
    /** Int8 codes are off by up to 1/254 of the largest number of a head; layers add up. */
    private static final double DIFFERENCE = 0.05;

    static Stream<String> models() throws IOException {
        return TinyModelsTest.generating().map(Path::getFileName).map(Path::toString);
    }

    @ParameterizedTest
    @MethodSource("models")
    void int8HasTheInterpretersBitsOnEveryTierAndIsNearF16(String name) {
        TinyModel model = new TinyModel(name, DType.F16, TOKENS, CacheType.Q8);
        List<float[]> expected = model.logits(new ReferenceTarget(2), TOKENS);
        for (Tier tier : CpuFeatures.host().available()) {
            SameBits.expect(expected, model.logits(CpuTarget.start(tier, 2), 7), model + " on " + tier);
        }
        List<float[]> exact = new TinyModel(name, DType.F16, TOKENS).logits(CpuTarget.start(2), TOKENS);
        assertThat(difference(expected, exact)).as(model.toString()).isBetween(1e-9, DIFFERENCE);
    }

    /** Root of the mean square, as a share of {@code exact}'s. */
    private static double difference(List<float[]> rows, List<float[]> exact) {
        double squares = 0;
        double all = 0;
        for (int row = 0; row < exact.size(); row++) {
            for (int id = 0; id < exact.get(row).length; id++) {
                double x = exact.get(row)[id];
                squares += Math.pow(rows.get(row)[id] - x, 2);
                all += x * x;
            }
        }
        return Math.sqrt(squares / all);
    }

    @ParameterizedTest
    @MethodSource("models")
    void int8TakesAboutHalf(String name) {
        try (ModelFile file = new RecodedFile(ModelFiles.open(TinyModel.FOLDER.resolve(name)), DType.F16)) {
            LoadOptions options = new LoadOptions(TOKENS, TOKENS, 1);
            long half = cacheBytes(file, options);
            long quarter = cacheBytes(file, options.withCache(CacheType.Q8));
            int width = headWidth(file);
            assertThat(quarter).isEqualTo(half * (width + 2) / (2L * width));
        }
    }

    private static long cacheBytes(ModelFile file, LoadOptions options) {
        return plan(file, options).need().cache();
    }

    private static int headWidth(ModelFile file) {
        return plan(file, new LoadOptions(TOKENS, TOKENS, 1)).program().cache().headWidth();
    }

    private static LoadPlan plan(ModelFile file, LoadOptions options) {
        var tiling = CpuTarget.tiling(CpuFeatures.host().choose());
        return LoadPlan.of(Models.build(file, new Models.Options(TOKENS)), options, tiling);
    }
}
