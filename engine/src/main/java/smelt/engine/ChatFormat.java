package smelt.engine;

import java.util.List;
import java.util.Map;

/** Messages to the text the model reads, up to where its answer begins. */
public interface ChatFormat {
    /** The text of {@code messages}, each with role and content. */
    String render(List<Map<String, Object>> messages);
}
