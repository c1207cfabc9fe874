package smelt.engine.constraint;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What generated text must look like; says nothing of tokens. Text is compared as its bytes in UTF-8. A grammar is data
 * and is checked when it is compiled ({@code LoadedModel.constraint}), not when it is made.
 */
public sealed interface Grammar {
    /** Exactly this text. Control tokens of the vocabulary that it spells out may stand for their part of it. */
    record Literal(String text) implements Grammar {}

    /**
     * Text that the pattern matches as a whole. The dialect is ECMA-262's without what looks around or back: literals,
     * {@code .}, classes, {@code \d \w \s} and their negations, groups, alternatives, {@code * + ? {m,n}}; {@code ^}
     * and {@code $} at the ends of the alternatives mean nothing; marks of non-greediness neither.
     */
    record Regex(String pattern) implements Grammar {}

    /** Any JSON of a kind. */
    record AnyJson(JsonKind kind) implements Grammar {}

    /**
     * JSON that is valid under this schema, members in the schema's order; docs/constraints.md tells which schemas.
     * Schemas are equal where their texts are, so the order of their members counts.
     */
    record JsonSchema(JsonNode schema) implements Grammar {
        public JsonSchema {
            schema = schema.deepCopy();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof JsonSchema that && schema.toString().equals(that.schema.toString());
        }

        @Override
        public int hashCode() {
            return schema.toString().hashCode();
        }
    }

    /** Text that the rule {@code root} derives, in llama.cpp's format. */
    record Gbnf(String text) implements Grammar {}

    /** One after the other. */
    record Sequence(List<Grammar> parts) implements Grammar {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** Any one of them. */
    record OneOf(List<Grammar> choices) implements Grammar {
        public OneOf {
            choices = List.copyOf(choices);
        }
    }

    /**
     * The part so many times.
     *
     * @param most {@code Integer.MAX_VALUE} for any number of times
     */
    record Repeat(Grammar part, int least, int most) implements Grammar {}

    /**
     * Free text in which each trigger is followed by its grammar, then free text again; it may end in free text, but
     * not between a trigger and the end of its grammar. After so many triggers none may be written any more. Where one
     * trigger begins another, the shorter one counts.
     *
     * @param most how many triggers at most; {@code Integer.MAX_VALUE} for any number
     */
    record Triggered(List<Trigger> triggers, int most) implements Grammar {
        public Triggered {
            triggers = List.copyOf(triggers);
        }
    }

    /**
     * A text and what must follow it. A control token that stands for the whole text is a trigger as well as its
     * spelling.
     */
    record Trigger(String text, Grammar then) {}

    /** Free text up to and with the first occurrence of {@code end}. */
    record Until(String end) implements Grammar {}
}
