package smelt.server.answers;

import java.util.List;

/**
 * The tools of a request, and whether they are called.
 *
 * @param tools that the model is told of
 * @param choice who decides whether one is called
 * @param callable those of them that may be called
 * @param parallel whether one answer may have several calls
 */
public record ToolUse(List<Tool> tools, Choice choice, List<Tool> callable, boolean parallel) {
    /** Nothing can be called. */
    public static final ToolUse NONE = new ToolUse(List.of(), Choice.MODEL, List.of(), true);

    /** Who decides whether a tool is called. */
    public enum Choice {
        /** The model, which may also just answer. */
        MODEL,
        /** The request: the answer is nothing but calls. */
        ALWAYS
    }

    public ToolUse {
        tools = List.copyOf(tools);
        callable = List.copyOf(callable);
    }

    public boolean isEmpty() {
        return callable.isEmpty();
    }

    /** Those of a model that writes calls in its own way only where it can write all of them so. */
    boolean fit(ToolSyntax syntax) {
        return tools.stream().allMatch(syntax::takes);
    }
}
