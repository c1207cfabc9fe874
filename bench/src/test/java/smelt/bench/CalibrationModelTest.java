package smelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.DType;
import smelt.compiler.CacheType;
import smelt.compiler.StepProgram;
import smelt.compiler.Tiling;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;

/** Guards what calibration measures: a model of random weights with every block type in it. */
class CalibrationModelTest {
    @Test
    void hasLayersOfEachTypeOneAfterAnother() {
        var shape = new RandomLlama.Shape(256, 512, 4, 2, 64, 2, 128);
        List<DType> types = List.of(DType.Q4_K, DType.F16);
        try (RandomLlama file = new RandomLlama(shape, types, DType.Q8_0, 1)) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            LoadPlan plan = LoadPlan.of(graph, new LoadOptions(128, 128, 1, CacheType.F16), new Tiling(12, false));
            List<DType> found = plan.program().layers().stream()
                    .map(calls -> calls.stream()
                            .flatMap(call -> call.products().stream())
                            .map(product -> product.weight().dtype())
                            .distinct()
                            .toList())
                    .flatMap(List::stream)
                    .toList();
            assertThat(found).containsExactly(DType.Q4_K, DType.Q4_K, DType.F16, DType.F16);
        }
    }

    @Test
    void tellsWhichProductsTakeWideActivations() {
        var shape = new RandomLlama.Shape(256, 512, 4, 2, 64, 1, 128);
        try (RandomLlama file = new RandomLlama(shape, List.of(DType.Q4_0), DType.Q8_0, 1)) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            LoadPlan plan = LoadPlan.of(graph, new LoadOptions(128, 128, 1, CacheType.F16), new Tiling(12, false));
            List<Boolean> wide = plan.program().layers().getFirst().stream()
                    .flatMap(call -> call.products().stream())
                    .map(StepProgram.Product::wide)
                    .toList();
            // queries, keys and values; what attention gives, gate, up, down
            assertThat(wide).containsExactly(true, true, true, false, false, false, false);
        }
    }

    @Test
    void takesTheTimeOfAnIdleMachine() {
        assertThat(StepTimes.undisturbed(List.of(3.0, 1.0, 1.1, 9.0, 1.2, 5.0, 1.3, 2.0)))
                .isCloseTo(1.2, within(0.0));
    }
}
