package smelt.server.openai;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.engine.Event;
import smelt.engine.LoadedModel;
import smelt.engine.sampling.LogProbs;
import smelt.tokenizer.StreamingDecoder;
import smelt.tokenizer.Tokenizer;

/** One answer of a completion as it grows, with the place of each token in it. */
final class CompletionText {
    private final Prompt prompt;
    private final Completions.Wanted wanted;
    private final LoadedModel model;
    private final TokenScores scores;
    private final String echo;
    private final StreamingDecoder decoder;
    private final int[] echoOffsets;
    /** Code points before the next token. */
    private int offset;

    /**
     * What an event adds.
     *
     * @param scores empty where they are not wanted
     */
    record Part(String text, Optional<CompletionScores> scores) {}

    CompletionText(Prompt prompt, Completions.Wanted wanted, LoadedModel model) {
        this.prompt = prompt;
        this.wanted = wanted;
        this.model = model;
        scores = new TokenScores(model.requireTokenizer(), wanted.details().top());
        int known = model.requireTokenizer().vocabularySize();
        int[] shown = Arrays.stream(prompt.ids()).filter(id -> id < known).toArray();
        decoder = model.requireTokenizer().decoder().follow(shown);
        echo = wanted.echo() ? echo() : "";
        echoOffsets = wanted.echo() ? echoOffsets() : new int[0];
        offset = echo.codePointCount(0, echo.length());
    }

    private String echo() {
        return prompt.text().orElseGet(() -> model.requireTokenizer().decode(prompt.ids(), true));
    }

    /** Where each token of the prompt begins in its text. */
    private int[] echoOffsets() {
        Tokenizer tokenizer = model.requireTokenizer();
        StreamingDecoder decoding = tokenizer.decoder(true);
        int[] offsets = new int[prompt.ids().length];
        int length = echo.codePointCount(0, echo.length());
        int at = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = Math.min(at, length);
            int id = prompt.ids()[i];
            boolean added = i == 0 && isAdded(tokenizer, id);
            String text = added || id >= tokenizer.vocabularySize() ? "" : decoding.push(id);
            at += text.codePointCount(0, text.length());
        }
        return offsets;
    }

    /** Whether the first token of the prompt is one that its text does not show. */
    private boolean isAdded(Tokenizer tokenizer, int id) {
        return prompt.text().isPresent()
                && tokenizer.isControl(id)
                && !prompt.text().get().startsWith(tokenizer.piece(id));
    }

    /** What stands before all events: the prompt, where it is told without log-probabilities. */
    Optional<Part> begin() {
        return wanted.echo() && !wanted.details().scored()
                ? Optional.of(new Part(echo, Optional.empty()))
                : Optional.empty();
    }

    /** A token of the prompt; with the last one comes its text. */
    Optional<Part> add(Event.PromptToken token) {
        if (!wanted.echo() || !wanted.details().scored()) {
            return Optional.empty();
        }
        boolean last = token.index() == prompt.ids().length - 1;
        return Optional.of(new Part(last ? echo : "", score(token.id(), token.logProbs(), echoOffsets[token.index()])));
    }

    /** A token of the answer; that which ends it is among them, for those who count. */
    Part add(Event.Token token) {
        int at = offset;
        if (token.id() < model.requireTokenizer().vocabularySize()) {
            String raw = decoder.push(token.id());
            offset += raw.codePointCount(0, raw.length());
        }
        return new Part(token.text(), score(token.id(), token.logProbs(), at));
    }

    private Optional<CompletionScores> score(int id, @Nullable LogProbs given, int at) {
        if (!wanted.details().scored()) {
            return Optional.empty();
        }
        CompletionScores own = noScores();
        own.add(id, given, at);
        return Optional.of(own);
    }

    CompletionScores noScores() {
        return new CompletionScores(scores, wanted.details().top());
    }
}
