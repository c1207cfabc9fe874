package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import smelt.engine.constraint.Expr.Rule;

/** Which expressions derive the empty text, and what they derive besides. */
final class Nullability {
    private final Set<Rule> nullable = new HashSet<>();
    /** Not found to be so; unless another turns out to be, which they call. */
    private final Set<Rule> others = new HashSet<>();

    boolean isNullable(Expr expr) {
        return switch (expr) {
            case Expr.Text text -> text.text().isEmpty();
            case Expr.Chars chars -> false;
            case Expr.Sequence sequence -> sequence.parts().stream().allMatch(this::isNullable);
            case Expr.Choice choice -> choice.choices().stream().anyMatch(this::isNullable);
            case Expr.Repeat repeat -> repeat.least() == 0 || isNullable(repeat.part());
            case Expr.Graph graph -> firstExit(graph) && isNullable(behindFirst(graph));
            case Expr.Call call -> isNullable(call.rule());
        };
    }

    private static boolean firstExit(Expr.Graph graph) {
        return graph.graph().exit(0) != ByteGraph.NO_EXIT;
    }

    private static Expr behindFirst(Expr.Graph graph) {
        return graph.behind().get(graph.graph().exit(0));
    }

    private boolean isNullable(Rule rule) {
        if (nullable.contains(rule) || !others.add(rule)) {
            return nullable.contains(rule);
        }
        boolean found = isNullable(rule.body());
        if (found) {
            nullable.add(rule);
            others.clear();
        }
        return found;
    }

    /** What the expression derives, but for the empty text. */
    Expr filled(Expr expr) {
        if (!isNullable(expr)) {
            return expr;
        }
        return switch (expr) {
            case Expr.Text text -> Expr.NEVER;
            case Expr.Chars chars -> chars;
            case Expr.Sequence sequence -> filled(sequence.parts());
            case Expr.Choice choice ->
                Expr.choice(choice.choices().stream().map(this::filled).toList());
            case Expr.Repeat repeat -> filled(repeat);
            case Expr.Graph graph ->
                Expr.choice(
                        filled(behindFirst(graph)), new Expr.Graph(graph.graph().withoutFirstExit(), graph.behind()));
            case Expr.Call call -> Expr.call(call.rule().filled(this));
        };
    }

    private Expr filled(Expr.Repeat repeat) {
        if (repeat.most() == 0) {
            return Expr.NEVER;
        }
        int least = isNullable(repeat.part()) ? 1 : Math.max(1, repeat.least());
        return new Expr.Repeat(filled(repeat.part()), least, repeat.most());
    }

    /** All are nullable: the first that is not empty, then the rest. */
    private Expr filled(List<Expr> parts) {
        List<Expr> choices = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            List<Expr> rest = new ArrayList<>(parts.subList(i, parts.size()));
            rest.set(0, filled(rest.getFirst()));
            choices.add(new Expr.Sequence(List.copyOf(rest)));
        }
        return Expr.choice(choices);
    }
}
