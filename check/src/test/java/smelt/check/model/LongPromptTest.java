package smelt.check.model;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Tier;
import smelt.targets.reference.ReferenceTarget;

/**
 * Guards compiler and runtime: attention over several chunks of positions, with and without a window, cut into parts or
 * whole, gives the interpreter's bits on every tier of this machine, however the prompt comes in.
 */
@Execution(ExecutionMode.SAME_THREAD)
class LongPromptTest {
    private static final int TOKENS = 300;
    /** Tokens of each step: all at once, one by one, and mixed; up to 12 are attended to in parts. */
    private static final List<int[]> STEPS = List.of(new int[] {TOKENS}, new int[] {1}, new int[] {130, 5, 2, 61, 9});

    /** Caches of f32, f16 and q8. */
    static Stream<TinyModel> models() {
        return Stream.of("llama", "mistral", "gemma3")
                .flatMap(name -> Stream.of(
                        new TinyModel(name, DType.F32, TOKENS),
                        new TinyModel(name, DType.Q8_0, TOKENS),
                        new TinyModel(name, DType.Q8_0, TOKENS, CacheType.Q8)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyTierThreadCountAndChunkSizeGivesTheInterpretersBits(TinyModel model) {
        List<float[]> expected = model.logits(new ReferenceTarget(1), TOKENS);
        for (Tier tier : CpuFeatures.host().available()) {
            for (int threads = 1; threads <= 3; threads++) {
                // Every tier sees every way, and every count of threads does on some tier.
                int[] steps = STEPS.get((tier.ordinal() + threads) % STEPS.size());
                List<float[]> actual = model.logits(CpuTarget.start(tier, threads), steps);
                String where = "%s, %s, %d threads, first step of %d".formatted(model, tier, threads, steps[0]);
                SameBits.expect(expected, actual, where);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theInterpreterDoesNotCareForChunksEither(TinyModel model) {
        SameBits.expect(
                model.logits(new ReferenceTarget(1), TOKENS),
                model.logits(new ReferenceTarget(3), 120, 3, 60),
                model.name());
    }
}
