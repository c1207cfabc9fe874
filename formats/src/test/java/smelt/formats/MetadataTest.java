package smelt.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Guards formats: typed access, with the key in the failure. */
class MetadataTest {
    private final Metadata metadata = Samples.metadata();

    @Test
    void valuesHaveTheirType() {
        assertThat(metadata.string("general.architecture")).contains("llama");
        assertThat(metadata.integer("llama.block_count")).hasValue(2);
        assertThat(metadata.real("llama.block_count")).hasValue(2.0);
        assertThat(metadata.bool("truth")).contains(true);
        assertThat(metadata.strings("tokenizer.ggml.tokens").orElseThrow()).hasSize(4);
        assertThat(metadata.integers("longs")).contains(List.of(1L, 1L << 40));
        assertThat(metadata.strings("empty")).contains(List.of());
        assertThat(metadata.integer("missing")).isEmpty();
    }

    @Test
    void wrongTypesNameTheKey() {
        assertWrong(() -> metadata.integer("general.architecture"), "general.architecture");
        assertWrong(() -> metadata.string("llama.block_count"), "llama.block_count");
        assertWrong(() -> metadata.strings("longs"), "longs");
        assertWrong(() -> metadata.integers("truth"), "truth");
    }

    private static void assertWrong(Runnable access, String key) {
        assertThatThrownBy(access::run).isInstanceOfSatisfying(Failure.class, e -> {
            assertThat(e.code()).isEqualTo(FailureCode.MALFORMED);
            assertThat(e.what()).contains(key);
        });
    }
}
