package smelt.engine.constraint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import smelt.base.Failure;
import smelt.engine.constraint.Expr.Rule;

/** Strings as schemas describe them. Equal descriptions are one rule. */
final class StringTexts {
    private final JsonText json;
    private final Map<String, Rule> rules = new HashMap<>();

    StringTexts(JsonText json) {
        this.json = json;
    }

    Expr of(Shape shape) {
        if (shape.minLength > shape.maxLength) {
            return Expr.NEVER;
        }
        String lengths = shape.minLength + ".." + shape.maxLength;
        if (shape.pattern != null && shape.format != null) {
            throw shape.pattern.unsupported("pattern", "beside a format");
        }
        if (shape.pattern != null) {
            Located at = shape.pattern;
            String pattern = at.text("pattern");
            Expr letters = in(at, "pattern", () -> RegexParser.search(pattern));
            return rule("pattern " + lengths + pattern, () -> content(letters, shape, at, "pattern"));
        }
        if (shape.format != null) {
            Located at = shape.format;
            String format = at.text("format");
            if (!Formats.isKnown(format)) {
                throw at.unsupported("format", format);
            }
            return rule(
                    "format " + lengths + format,
                    () -> content(Formats.of(format, shape.maxLength), shape, at, "format"));
        }
        return shape.minLength > 0 || shape.maxLength < Integer.MAX_VALUE
                ? rule("string " + lengths, () -> new Expr.Repeat(JsonText.letter(), shape.minLength, shape.maxLength))
                : Expr.call(json.string);
    }

    /** A string that holds the pattern. */
    static Expr matching(String pattern, Located at, String keyword) {
        return JsonText.quoted(spelled(in(at, keyword, () -> RegexParser.search(pattern))));
    }

    private Expr rule(String key, Supplier<Expr> content) {
        Rule known = rules.get(key);
        if (known == null) {
            known = new Rule(key, JsonText.quoted(content.get()));
            rules.put(key, known);
        }
        return Expr.call(known);
    }

    /** Counting takes room: only where the pattern has texts that are too short or too long. */
    private static Expr content(Expr letters, Shape shape, Located at, String keyword) {
        return Lengths.of(letters).isWithin(shape.minLength, shape.maxLength)
                ? spelled(letters)
                : in(at, keyword, () -> CountedLetters.content(letters, shape.minLength, shape.maxLength));
    }

    private static Expr in(Located at, String keyword, Supplier<Expr> made) {
        try {
            return made.get();
        } catch (Failure e) {
            throw e.in("The schema's " + keyword + " at " + (at.pointer().isEmpty() ? "the root" : at.pointer()));
        }
    }

    /** Characters as JSON spells them. */
    private static Expr spelled(Expr expr) {
        return switch (expr) {
            case Expr.Chars chars -> JsonText.letterOf(chars.set());
            case Expr.Sequence sequence -> new Expr.Sequence(spelled(sequence.parts()));
            case Expr.Choice choice -> new Expr.Choice(spelled(choice.choices()));
            case Expr.Repeat repeat -> new Expr.Repeat(spelled(repeat.part()), repeat.least(), repeat.most());
            case Expr.Text text -> text;
            case Expr.Graph graph -> graph;
            case Expr.Call call -> call;
        };
    }

    private static List<Expr> spelled(List<Expr> exprs) {
        return exprs.stream().map(StringTexts::spelled).toList();
    }
}
