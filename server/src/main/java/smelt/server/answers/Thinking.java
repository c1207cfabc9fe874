package smelt.server.answers;

import java.util.List;
import java.util.regex.Pattern;
import smelt.engine.constraint.Grammar;

/**
 * How a model's thoughts stand before its answer.
 *
 * @param begins what they begin with
 * @param ends what they end with
 * @param state of the prompt
 */
record Thinking(String begins, String ends, State state) {
    static final Thinking NONE = new Thinking("", "", State.NONE);

    private static final List<Thinking> KNOWN = List.of(
            new Thinking("<think>", "</think>", State.POSSIBLE), new Thinking("[THINK]", "[/THINK]", State.POSSIBLE));

    /** Whether there will be thoughts. */
    enum State {
        NONE,
        /** The answer may begin with some. */
        POSSIBLE,
        /** The prompt has begun them. */
        BEGUN
    }

    /**
     * Of one answer.
     *
     * @param template of the model; empty where it has none
     * @param tail the end of the prompt
     */
    static Thinking of(String template, String tail) {
        String end = tail.stripTrailing();
        for (Thinking known : KNOWN) {
            if (template.contains(known.ends)) {
                if (end.endsWith(known.ends)) {
                    return NONE;
                }
                return end.endsWith(known.begins) ? new Thinking(known.begins, known.ends, State.BEGUN) : known;
            }
        }
        return NONE;
    }

    /** What the pattern of beginning is, with the space before it. */
    Pattern beginning() {
        return Pattern.compile("\\s*+" + Pattern.quote(begins));
    }

    Pattern ending() {
        return Pattern.compile("\\s*+" + Pattern.quote(ends));
    }

    /** Thoughts, and then {@code answer}. */
    Grammar before(Grammar answer) {
        Grammar after = new Grammar.Sequence(List.of(new Grammar.Until(ends), new Grammar.Regex("\\s{0,4}"), answer));
        return switch (state) {
            case NONE -> answer;
            case BEGUN -> after;
            case POSSIBLE ->
                new Grammar.OneOf(List.of(new Grammar.Sequence(List.of(new Grammar.Literal(begins), after)), answer));
        };
    }
}
