package smelt.engine;

import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.engine.sampling.LogProbs;

/**
 * What a request's consumer receives: prompt tokens where they were asked for, then one {@link Token} per generated
 * token, then exactly one {@link Finished} or {@link Failed}, and nothing after it.
 */
public sealed interface Event {
    /**
     * A scored token of the prompt.
     *
     * @param logProbs given all tokens before it; null for the first
     */
    record PromptToken(int index, int id, @Nullable LogProbs logProbs) implements Event {}

    /**
     * A generated token; the one that ends generation is among them.
     *
     * @param text what became certain with this token: empty while a code point is incomplete or a stop string may have
     *     begun; the texts joined are the answer
     * @param logProbs null where not asked for
     */
    record Token(int id, String text, @Nullable LogProbs logProbs) implements Event {}

    record Finished(FinishReason reason, Usage usage) implements Event {}

    record Failed(Failure failure, Usage usage) implements Event {}

    default boolean isLast() {
        return this instanceof Finished || this instanceof Failed;
    }
}
