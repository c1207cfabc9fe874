package smelt.server.anthropic;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import smelt.tokenizer.StreamingDecoder;
import smelt.tokenizer.Tokenizer;

/** Tells which stop sequence ended an answer; the answer's own text does not hold it. */
final class StopSequence {
    private final List<String> stops;
    private final Tokenizer tokenizer;
    private final StreamingDecoder decoder;
    private final StringBuilder text = new StringBuilder();

    StopSequence(List<String> stops, Tokenizer tokenizer) {
        this.stops = stops;
        this.tokenizer = tokenizer;
        decoder = tokenizer.decoder();
    }

    /** The next token that was generated. */
    void push(int id) {
        // weights may have rows beyond the vocabulary
        if (!stops.isEmpty() && id < tokenizer.vocabularySize()) {
            text.append(decoder.push(id));
        }
    }

    /** The one that was complete first; of several complete at the same character the longest. Empty: none was. */
    Optional<String> found() {
        return stops.stream()
                .filter(stop -> text.indexOf(stop) >= 0)
                .min(Comparator.comparingInt((String stop) -> text.indexOf(stop) + stop.length())
                        .thenComparingInt(stop -> -stop.length()));
    }
}
