package smelt.server.generation;

/**
 * Tokens that a client's request took.
 *
 * @param prompt of all prompts, each counted once however many choices it has
 * @param cached of these, those that were computed before
 * @param completion of all choices
 */
public record TokenCounts(int prompt, int cached, int completion) {
    public int total() {
        return prompt + completion;
    }
}
