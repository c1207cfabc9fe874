package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import smelt.bench.Determinism;
import smelt.compiler.CacheType;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.Tier;

/**
 * Guards the promise that results are the same bits, with the code that {@code smelt bench --determinism} runs: alone
 * and among others, in chunks of any size, behind a shared prefix, resumed, for each number of threads and each tier.
 */
@Execution(ExecutionMode.SAME_THREAD)
class DeterminismTest {
    private static final long SEED = 20261122;
    /** As many repetitions as there are crowds: each meets each chunk size. */
    private static final int ALL_PAIRS = 5;

    /**
     * Several chunks of attention (llama), a window (gemma2), experts (mixtral), blocks of 32 are in the real model.
     */
    @ParameterizedTest
    @CsvSource({"llama,F16", "gemma2,F16", "mixtral,F16", "llama,Q8", "gemma2,Q8"})
    void tinyModelsHaveTheSameBitsInEveryWay(String name, CacheType cache) {
        var plan = new Determinism.Plan(150, ALL_PAIRS, SEED, tiers(), List.of(1, 2, 3), cache);
        prove(TinyModel.FOLDER.resolve(name), plan);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("model")
    void smolLm2HasTheSameBits(CacheType cache) {
        prove(SmolLm2Test.modelPath(), new Determinism.Plan(40, 1, SEED, tiers(), List.of(2, 1), cache));
    }

    private static List<Tier> tiers() {
        return CpuFeatures.host().available();
    }

    private static void prove(Path model, Determinism.Plan plan) {
        Determinism.Verdict verdict = Determinism.run(model.toString(), model, plan, found -> {});
        assertThat(verdict.cases())
                .as("seed %d", SEED)
                .hasSizeGreaterThanOrEqualTo(
                        6 * plan.repeat() * plan.tiers().size() * plan.threads().size())
                .allSatisfy(found -> assertThat(found.differsAt())
                        .as(
                                "%s, %d threads, %s, repetition %d",
                                found.tier(), found.threads(), found.way(), found.repetition())
                        .isEmpty());
        assertThat(verdict.same()).isTrue();
    }
}
