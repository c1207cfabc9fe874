package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A grammar in its simplest terms, over bytes. */
sealed interface Expr {
    Expr EMPTY = new Sequence(List.of());
    /** No text at all fits. */
    Expr NEVER = new Choice(List.of());

    /** @param spelled whether control tokens may stand for the parts that they spell */
    record Text(String text, boolean spelled) implements Expr {}

    /** One code point of the set. */
    record Chars(CharSet set) implements Expr {}

    record Sequence(List<Expr> parts) implements Expr {}

    record Choice(List<Expr> choices) implements Expr {}

    /** @param most {@code Integer.MAX_VALUE} for any number of times */
    record Repeat(Expr part, int least, int most) implements Expr {}

    /** @param behind what follows the graph's exits, by their numbers */
    record Graph(ByteGraph graph, List<Expr> behind) implements Expr {}

    /** What the rule derives. */
    record Call(Rule rule) implements Expr {}

    /** A named expression, which may hold calls of itself. Equal to itself only. */
    final class Rule {
        final String name;
        private @Nullable Expr body;
        private @Nullable Rule filled;

        Rule(String name) {
            this.name = name;
        }

        Rule(String name, Expr body) {
            this.name = name;
            this.body = body;
        }

        void define(Expr expression) {
            body = expression;
        }

        boolean isDefined() {
            return body != null;
        }

        Expr body() {
            if (body == null) {
                throw new IllegalStateException("the rule " + name + " has no body");
            }
            return body;
        }

        /** The rule for what this one derives, but for the empty text. */
        Rule filled(Nullability nullability) {
            Rule rule = filled;
            if (rule == null) {
                rule = new Rule(name + " filled");
                filled = rule;
                rule.define(nullability.filled(body()));
            }
            return rule;
        }
    }

    static Expr text(String text) {
        return new Text(text, false);
    }

    static Expr sequence(Expr... parts) {
        return new Sequence(List.of(parts));
    }

    static Expr choice(Expr... choices) {
        return new Choice(List.of(choices));
    }

    static Expr choice(List<Expr> choices) {
        return choices.size() == 1 ? choices.getFirst() : new Choice(List.copyOf(choices));
    }

    static Expr optional(Expr part) {
        return new Repeat(part, 0, 1);
    }

    static Expr any(Expr part) {
        return new Repeat(part, 0, Integer.MAX_VALUE);
    }

    static Expr call(Rule rule) {
        return new Call(rule);
    }

    /** Parts with the same between each two of them. */
    static Expr joined(List<Expr> parts, Expr between) {
        List<Expr> all = new ArrayList<>();
        for (Expr part : parts) {
            if (!all.isEmpty()) {
                all.add(between);
            }
            all.add(part);
        }
        return new Sequence(List.copyOf(all));
    }
}
