package smelt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.base.Failure;
import smelt.graph.ModelGraph.Pooling;

/** Guards engine/: chats as a model reads them. */
class LoadedModelTest {
    private static final ChatOptions CONTINUED = new ChatOptions(false, true, Map.of());

    private static String text(ChatFormat format, String last) {
        var info = new ModelInfo("model", "null", 64, 64, Pooling.MEAN, 0);
        try (var model = new LoadedModel(
                info,
                new Embedder(WatchedRunner.small(), Pooling.MEAN),
                Optional.empty(),
                Optional.of(format),
                Set.of())) {
            return model.chatText(List.of(Map.of("role", "assistant", "content", last)), CONTINUED);
        }
    }

    /** What the template writes behind a message holds most of these, too. */
    @ParameterizedTest
    @ValueSource(strings = {"", "e", "<", "Well, ", "<|im_end|>"})
    void continuesTheLastMessageWhereItEnds(String last) {
        ChatFormat format = (messages, options) ->
                "<|im_start|>assistant\n" + messages.getLast().get("content") + "<|im_end|>\n";
        assertThat(text(format, last)).isEqualTo("<|im_start|>assistant\n" + last);
    }

    @Test
    void continuesNothingThatItsTemplateHides() {
        assertThatThrownBy(() -> text((messages, options) -> "nothing", "Well"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("does not show the last message");
    }
}
