package smelt.engine.constraint;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Grammar.Trigger;

/** Grammars in simplest terms. For one grammar. */
final class Lowering {
    private final Controls controls;
    private final JsonText json = new JsonText();
    private int depth;

    /** @param controls tokens that may stand for parts of literals and triggers */
    Lowering(Controls controls) {
        this.controls = controls;
    }

    Expr lower(Grammar grammar) {
        if (++depth > Limits.DEPTH) {
            throw Limits.tooDeep("The grammar");
        }
        Expr expr = switch (grammar) {
            case Grammar.Literal literal -> new Expr.Text(wellFormed(literal.text()), true);
            case Grammar.Regex regex -> RegexParser.whole(regex.pattern());
            case Grammar.AnyJson any ->
                switch (any.kind()) {
                    case VALUE -> Expr.call(json.value);
                    case OBJECT -> Expr.call(json.object);
                };
            case Grammar.JsonSchema schema -> new SchemaLowering(schema.schema(), json).lower();
            case Grammar.Gbnf gbnf -> GbnfParser.parse(gbnf.text());
            case Grammar.Sequence sequence ->
                new Expr.Sequence(sequence.parts().stream().map(this::lower).toList());
            case Grammar.OneOf choice ->
                Expr.choice(choice.choices().stream().map(this::lower).toList());
            case Grammar.Repeat repeat -> repeat(repeat);
            case Grammar.Triggered triggered -> triggered(triggered);
            case Grammar.Until until -> Scan.upTo(List.of(wellFormed(until.end())), List.of(Expr.EMPTY), controls);
        };
        depth--;
        return expr;
    }

    private Expr repeat(Grammar.Repeat repeat) {
        if (repeat.least() < 0 || repeat.most() < repeat.least()) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A part is to be repeated from " + repeat.least() + " to " + repeat.most() + " times");
        }
        return new Expr.Repeat(lower(repeat.part()), repeat.least(), repeat.most());
    }

    private Expr triggered(Grammar.Triggered triggered) {
        if (triggered.most() < 0) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "At most " + triggered.most() + " triggers are no number");
        }
        List<String> texts = triggered.triggers().stream()
                .map(Trigger::text)
                .map(Lowering::wellFormed)
                .toList();
        List<Expr> behind = triggered.triggers().stream()
                .map(trigger -> lower(trigger.then()))
                .toList();
        Expr one = Scan.upTo(texts, behind, controls);
        return Expr.sequence(new Expr.Repeat(one, 0, triggered.most()), Scan.without(texts));
    }

    private static String wellFormed(String text) {
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A text of the grammar holds half a surrogate pair");
        }
        return text;
    }
}
