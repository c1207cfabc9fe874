package smelt.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** The room {@code models}: rotary frequencies from old and new configurations, and for the context wanted. */
class RotaryTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama-llama3", "llama-yarn", "llama-linear", "phi3-longrope", "gemma3-full"})
    void earlierKeysSayTheSame(String name) {
        FakeModel model = TinyModels.copy(name);
        ModelGraph now = Models.build(model, new Models.Options(64));
        ModelGraph before = Models.build(asBefore(model), new Models.Options(64));
        for (int layer = 0; layer < now.layers().size(); layer++) {
            assertThat(before.layers().get(layer).output().key())
                    .as("layer %d", layer)
                    .isEqualTo(now.layers().get(layer).output().key());
        }
    }

    /** rope_theta and rope_scaling, as transformers 4 wrote them; Gemma 3's two bases apart. */
    private static FakeModel asBefore(FakeModel model) {
        Map<String, Object> values = model.metadata().values();
        values.forEach((key, value) -> {
            if (key.startsWith("rope_parameters.")) {
                model.without(key);
                String name = key.substring(key.lastIndexOf('.') + 1);
                if (key.contains(".sliding_attention.")) {
                    model.with(name.equals("rope_theta") ? "rope_local_base_freq" : "unused." + name, value);
                } else if (name.equals("rope_theta") || name.equals("partial_rotary_factor")) {
                    model.with(name, value);
                } else {
                    model.with("rope_scaling." + (name.equals("rope_type") ? "type" : name), value);
                }
            }
        });
        return model;
    }

    @Test
    void dynamicBaseGrowsOnlyBeyondTheModelsOwnContext() {
        FakeModel model = TinyModels.copy("llama-linear").with("rope_parameters.rope_type", "dynamic");
        assertThat(frequency(model, 0, 1)).isEqualTo(1 / StrictMath.pow(10_000, 2.0 / 16));
        assertThat(frequency(model, 512, 1)).isEqualTo(frequency(model, 0, 1));
        double base = 10_000 * StrictMath.pow(4.0 * 2 - 3, 16.0 / 14);
        assertThat(frequency(model, 1024, 1)).isCloseTo(1 / StrictMath.pow(base, 2.0 / 16), within(1e-15));
    }

    @Test
    void longFactorsServeContextsBeyondTheOriginal() {
        FakeModel model = TinyModels.copy("phi3-longrope");
        double plain = 1 / StrictMath.pow(10_000, 2.0 / 8);
        assertThat(frequency(model, 256, 1)).isEqualTo(plain / 1.2);
        assertThat(frequency(model, 257, 1)).isEqualTo(plain / 3);
        assertThat(frequency(model, 0, 1)).isEqualTo(plain / 3);
        double magnitude = StrictMath.sqrt(1 + StrictMath.log(2) / StrictMath.log(256));
        assertThat(rope(model, 256).magnitude()).isEqualTo(magnitude);
    }

    @ParameterizedTest
    @CsvSource({
        "llama-llama3, rope_parameters.factor, NOT_FOUND",
        "llama-llama3, rope_parameters.low_freq_factor, NOT_FOUND",
        "llama-linear, rope_parameters.factor, NOT_FOUND",
        "phi3-longrope, rope_parameters.long_factor, NOT_FOUND",
    })
    void missingParameterIsNamed(String name, String key, FailureCode code) {
        FakeModel model = TinyModels.copy(name).without(key);
        assertThatThrownBy(() -> rope(model, 0))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(key);
    }

    @Test
    void listsOfFactorsMustFit() {
        FakeModel few = TinyModels.copy("phi3-longrope").with("rope_parameters.long_factor", List.of(1.0, 2.0));
        assertThatThrownBy(() -> rope(few, 0)).isInstanceOf(Failure.class).hasMessageContaining("2 RoPE factors");
        FakeModel zero =
                TinyModels.copy("phi3-longrope").with("rope_parameters.long_factor", List.of(1.0, 0.0, 1.0, 1.0));
        assertThatThrownBy(() -> rope(zero, 0)).isInstanceOf(Failure.class).hasMessageContaining("factor 1 is 0");
    }

    @Test
    void unknownScalingIsNamed() {
        FakeModel model = TinyModels.copy("llama").with("rope_parameters.rope_type", "spiral");
        assertThatThrownBy(() -> rope(model, 0)).isInstanceOf(Failure.class).hasMessageContaining("spiral");
    }

    private static double frequency(FakeModel model, int context, int pair) {
        return rope(model, context).inverseFrequencies().get(pair);
    }

    private static Attr.Rope rope(FakeModel model, int context) {
        Node layer = Models.build(model, new Models.Options(context))
                .layers()
                .getFirst()
                .output();
        return TinyModels.find(layer, Op.ROPE).attr(Attr.Rope.class);
    }
}
