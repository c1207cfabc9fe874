package smelt.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages to the text the model reads, up to where its answer begins. */
public interface ChatFormat {
    /** The text of {@code messages}, each with role and content. */
    String render(List<Map<String, Object>> messages, ChatOptions options);

    /** The template, where it is one. */
    default Optional<String> template() {
        return Optional.empty();
    }
}
