package smelt.server.answers;

/**
 * What a model wants done.
 *
 * @param id by which its result names it
 * @param arguments a JSON object; broken off where the answer is
 */
public record ToolCall(String id, String name, String arguments) {}
