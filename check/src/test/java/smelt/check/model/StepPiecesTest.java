package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;
import smelt.targets.Target;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.reference.ReferenceTarget;

/** Guards steps that are computed piece by piece: other steps between the pieces change no bit of either. */
@Timeout(120)
class StepPiecesTest {
    private static final Path TINY = Path.of(System.getProperty("smelt.tinyModels", "src/test/resources/tiny-models"));
    private static final int CONTEXT = 128;

    private final int[] prompt = new Random(3).ints(70, 0, 100).toArray();
    private final int[] other = new Random(5).ints(9, 0, 100).toArray();

    /** Of its own blocks, with logits of its last three rows. */
    private static StepBatch batch(Model model, int sequence, int[] tokens, int from) {
        int count = model.limits().blockCount() / 2;
        int[] blocks = IntStream.range(0, count).map(i -> sequence * count + i).toArray();
        return new StepBatch(List.of(new StepBatch.Chunk(tokens, from, blocks, Math.max(0, tokens.length - 3))));
    }

    private static List<float[]> rows(StepRunner.Logits logits) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < logits.count(); i++) {
            MemorySegment row = logits.row(i);
            rows.add(row.toArray(ValueLayout.JAVA_FLOAT));
        }
        return rows;
    }

    private interface Use {
        void with(Model model);
    }

    private static void onTargets(String family, Use use) throws Exception {
        for (Target target : List.of(new ReferenceTarget(2), CpuTarget.start(1), CpuTarget.start(2))) {
            try (ModelFile file = ModelFiles.open(TINY.resolve(family));
                    Model model = Model.load(
                            file,
                            Models.build(file, new Models.Options(CONTEXT)),
                            new LoadOptions(CONTEXT, 2 * CONTEXT, target.threads()),
                            target)) {
                use.with(model);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma3", "qwen3", "phi3-longrope"})
    void stepsBetweenThePiecesChangeNoBit(String family) throws Exception {
        onTargets(family, model -> {
            List<float[]> expected = rows(model.run(batch(model, 0, prompt, 0)));
            List<float[]> expectedOther = rows(model.run(batch(model, 1, other, 0)));
            int[] next = {17};
            List<float[]> expectedNext = rows(model.run(batch(model, 1, next, other.length)));
            for (int single = 0; single < 2; single++) {
                int from = single == 0 ? 0 : prompt.length;
                int[] tokens = single == 0 ? prompt : next;
                List<float[]> alone = single == 0 ? expected : rows(model.run(batch(model, 0, next, from)));
                model.begin(batch(model, 0, tokens, from));
                StepRunner.Logits logits = model.proceed(0);
                for (int piece = 1; logits == null; piece++) {
                    assertThat(piece).isLessThan(model.pieces());
                    if (piece % 2 == 1) {
                        assertSame(rows(model.run(batch(model, 1, other, 0))), expectedOther);
                    } else {
                        assertSame(rows(model.run(batch(model, 1, next, other.length))), expectedNext);
                    }
                    logits = model.proceed(0);
                }
                assertSame(rows(logits), alone);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = "llama")
    void aStepThatWasGivenUpIsComputedAnew(String family) throws Exception {
        onTargets(family, model -> {
            List<float[]> expected = rows(model.run(batch(model, 0, prompt, 0)));
            model.begin(batch(model, 0, prompt, 0));
            assertThat(model.proceed(0)).isNull();
            model.abandon();
            assertSame(rows(model.run(batch(model, 1, other, 0))), rows(model.run(batch(model, 1, other, 0))));
            model.begin(batch(model, 0, prompt, 0));
            StepRunner.Logits logits =
                    Objects.requireNonNull(model.proceed(Long.MAX_VALUE / 2), "there was time for all of it");
            assertSame(rows(logits), expected);
        });
    }

    private static void assertSame(List<float[]> actual, List<float[]> expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
}
