package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.compiler.CacheType;
import smelt.engine.Engine;
import smelt.engine.Metrics;
import smelt.engine.Settings;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.Model;
import smelt.runtime.OpenModel;
import smelt.targets.cpu.CpuTarget;

/** Guards bench: throughput of several users counts the time when all of them write, and nothing else. */
class EngineRunTest {
    private static final long SECOND = 1_000_000_000L;

    private static long[] times(long... seconds) {
        return LongStream.of(seconds).map(s -> s * SECOND).toArray();
    }

    @Test
    void countsWholeStepsWhileAllWrite() {
        // the second starts at 2 s; the first ends at 5 s: three steps of one second, two tokens each
        assertThat(EngineRun.rateWhileAllWrite(List.of(times(0, 1, 2, 3, 4, 5), times(2, 3, 4, 5, 6, 7))))
                .isEqualTo(2.0);
    }

    @Test
    void tokensOfOneStepComeOneAfterAnother() {
        long[] first = {0, 10, 20, 30};
        long[] second = {1, 11, 21, 31};
        // the last step of the first one is not over when its token comes: two steps of 10 ns count
        assertThat(EngineRun.rateWhileAllWrite(List.of(first, second))).isEqualTo(4e9 / 20);
    }

    @Test
    void withoutATimeTogetherThereIsNoFigure() {
        assertThatThrownBy(() -> EngineRun.rateWhileAllWrite(List.of(times(0, 1), times(2, 3))))
                .isInstanceOf(Failure.class);
        assertThatThrownBy(() -> EngineRun.rateWhileAllWrite(List.of(times(0, 1), times())))
                .isInstanceOf(Failure.class);
    }

    /** Prompts are read beside those who write: whoever has much of one to read writes when others have ended. */
    @Test
    void aCrowdReadsItsPromptsBeforeItIsTimed() {
        var shape = new RandomLlama.Shape(256, 512, 4, 2, 64, 1, 256);
        RandomLlama file = new RandomLlama(shape, List.of(DType.Q8_0), DType.Q8_0, 1);
        ModelGraph graph = Models.build(file, Models.Options.defaults());
        Scenario.Crowd crowd = new Scenario.Crowd(3, 128, 16);
        LoadOptions options = new LoadOptions(256, 3 * 192, 1, CacheType.F16);
        Model model =
                Model.load(file, graph, options, CpuTarget.start(Host.detect().tier(), 1));
        try (Engine engine = new Engine(new OpenModel(model, graph, file), null, Settings.DEFAULT)) {
            new EngineRun(engine, 1).rate(crowd, System.nanoTime() + 60 * SECOND);
            Metrics metrics = engine.metrics();
            assertThat(metrics.promptTokens()).isEqualTo(2 * 3 * 129);
            assertThat(metrics.cachedTokens()).isEqualTo(3 * 128);
        }
    }
}
