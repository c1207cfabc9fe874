package smelt.server.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.engine.LoadedModel;
import smelt.engine.Settings;
import smelt.engine.hosting.ModelHost;
import smelt.server.NullModels;

/** Guards server/models: what clients are told of a model. */
final class ServedModelsTest {
    @Test
    void aModelIsCalledAsItWasAskedForNeverByItsFile() throws InterruptedException {
        try (ModelHost host = new ModelHost(new NullModels(Settings.DEFAULT), 1L << 30, Duration.ofMinutes(1))) {
            var served = new ServedModels(host, Map.of("public", "vectors"), Map.of("other-*", "public"), false);
            served.load(false);
            for (String asked : new String[] {"public", "other-name"}) {
                try (ServedModels.InUse use = served.use(Optional.of(asked))) {
                    assertThat(use.model().name()).isEqualTo(asked);
                    assertThat(failure(use.model()).what()).startsWith(asked).doesNotContain("vectors ");
                }
            }
        }
    }

    private static Failure failure(LoadedModel model) {
        try {
            throw new AssertionError(model.engine());
        } catch (Failure e) {
            return e;
        }
    }
}
