package smelt.server.generation;

import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.sampling.LogProbs;

/**
 * Something of one choice.
 *
 * @param choice counted through all calls of a generation, in their order
 * @param event as the engine told it
 * @param nanos when it did, since the generation was started
 */
public record Piece(int choice, Event event, long nanos) {
    /** Of the objects around a token's text and scores. */
    private static final int BARE_BYTES = 160;

    private static final int SCORE_BYTES = 32;

    /** About what it takes of the heap. */
    int bytes() {
        return BARE_BYTES
                + switch (event) {
                    case Event.Token token -> 2 * token.text().length() + bytes(token.logProbs());
                    case Event.PromptToken token -> bytes(token.logProbs());
                    case Event.Finished finished -> 0;
                    case Event.Failed failed -> 0;
                };
    }

    private static int bytes(@Nullable LogProbs scores) {
        return scores == null ? 0 : SCORE_BYTES * (2 + scores.top().size());
    }
}
