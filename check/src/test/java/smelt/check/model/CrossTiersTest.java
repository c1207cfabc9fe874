package smelt.check.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.runtime.MixtureModel;
import smelt.runtime.ProductsModel;
import smelt.targets.cpu.Architecture;
import smelt.targets.cpu.CrossRunner;
import smelt.targets.cpu.CrossTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/** Guards compiler: the tiers of other processors, emulated, give the interpreter's bits in every kind of kernel. */
@Execution(ExecutionMode.SAME_THREAD)
class CrossTiersTest {
    private static final CrossRunner RUNNER = CrossRunner.open();
    private static final Map<Object, List<float[]>> EXPECTED = new ConcurrentHashMap<>();
    private static final int ROWS = 37;
    private static final int TOKENS = 9;

    /** Together they have every kind of kernel; from 128 positions on attention has several chunks. */
    private static final List<TinyModel> MODELS = List.of(
            new TinyModel("llama", DType.F32, 20),
            new TinyModel("mistral", DType.Q8_0, 140),
            new TinyModel("mistral", DType.Q8_0, 140, CacheType.Q8),
            new TinyModel("gemma2", DType.F32, 140),
            new TinyModel("mixtral", DType.F32, 10),
            new TinyModel("qwen3_moe", DType.F16, 10),
            new TinyModel("gpt2", DType.F16, 20),
            new TinyModel("bert", DType.Q8_0, 20));

    @AfterAll
    static void close() {
        RUNNER.close();
    }

    private static Stream<Tier> tiers() {
        return Stream.of(Tier.values()).filter(tier -> tier.architecture() != Architecture.X86_64);
    }

    static Stream<Arguments> models() {
        return tiers().flatMap(tier -> MODELS.stream().map(model -> Arguments.of(tier, model)));
    }

    static Stream<Arguments> types() {
        return tiers().flatMap(tier -> ProductsModel.types().map(type -> Arguments.of(tier, type)));
    }

    /** One of floats, one of blocks of 32, one of 256 with the most per block. */
    static Stream<Arguments> expertTypes() {
        return tiers().flatMap(
                        tier -> Stream.of(DType.BF16, DType.Q8_0, DType.Q4_K).map(type -> Arguments.of(tier, type)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void modelsHaveTheInterpretersBits(Tier tier, TinyModel model) {
        CrossRunner.assumeRunnable(tier.architecture());
        List<float[]> expected =
                EXPECTED.computeIfAbsent(model, same -> model.logits(new ReferenceTarget(1), model.length()));
        boolean whole = model.name().equals("bert");
        int[] chunks = whole ? new int[] {model.length()} : new int[] {model.length() - 8, 1, 2, 5};
        SameBits.expect(expected, model.logits(new CrossTarget(RUNNER, tier, 2), chunks), tier + ", " + model);
    }

    @ParameterizedTest
    @MethodSource("types")
    void productsHaveTheInterpretersBits(Tier tier, DType type) {
        CrossRunner.assumeRunnable(tier.architecture());
        List<float[]> expected =
                EXPECTED.computeIfAbsent(type, same -> ProductsModel.run(type, ROWS, new ReferenceTarget(1), TOKENS));
        List<float[]> actual = ProductsModel.run(type, ROWS, new CrossTarget(RUNNER, tier, 2), TOKENS);
        SameBits.expect(expected, actual, tier + ", " + type);
    }

    @ParameterizedTest
    @MethodSource("expertTypes")
    void expertsHaveTheInterpretersBits(Tier tier, DType type) {
        CrossRunner.assumeRunnable(tier.architecture());
        List<float[]> expected = MixtureModel.run(type, new ReferenceTarget(1), TOKENS);
        List<float[]> actual = MixtureModel.run(type, new CrossTarget(RUNNER, tier, 2), TOKENS);
        SameBits.expect(expected, actual, tier + ", experts in " + type);
    }
}
