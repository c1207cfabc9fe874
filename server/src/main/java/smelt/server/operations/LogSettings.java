package smelt.server.operations;

/**
 * What is logged of requests.
 *
 * @param requests whether a line for each
 * @param prompts whether what was asked is in it
 */
public record LogSettings(boolean requests, boolean prompts) {
    public static final LogSettings DEFAULT = new LogSettings(true, false);
}
