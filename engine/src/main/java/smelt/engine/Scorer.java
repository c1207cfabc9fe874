package smelt.engine;

import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.sampling.LogProbs;

/** Scores texts by the engine's own steps: the same arithmetic as generation. */
public final class Scorer {
    private final Engine engine;

    public Scorer(Engine engine) {
        this.engine = engine;
    }

    /**
     * Waits for the log-probability of each of {@code tokens} given all before it, and the {@code top} most likely
     * tokens at its place.
     *
     * @throws Failure LIMIT_EXCEEDED where there are more tokens than the context holds; whatever the engine fails with
     */
    public Score score(int[] tokens, int top) throws InterruptedException {
        Request request = Request.of(tokens)
                .withMaxTokens(tokens.length < engine.contextLength() ? 1 : 0)
                .withPromptLogProbs(top);
        var events = new EventStream();
        Handle handle = engine.submit(request, events);
        try {
            return score(events.completion());
        } finally {
            handle.cancel();
        }
    }

    private static Score score(Completion completion) {
        if (completion.reason() == FinishReason.CANCELLED) {
            throw Failure.of(FailureCode.CANCELLED, "Scoring was cancelled");
        }
        List<Score.Token> scored = new ArrayList<>();
        List<LogProbs.Top> next = List.of();
        for (Event event : completion.events()) {
            if (event instanceof Event.PromptToken token) {
                scored.add(new Score.Token(token.id(), token.logProbs()));
            } else if (event instanceof Event.Token token && token.logProbs() != null) {
                next = token.logProbs().top();
            }
        }
        return new Score(scored, next);
    }
}
