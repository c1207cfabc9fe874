package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions to values. */
final class Evaluator {
    private final Budget budget;
    /** Where the last expression with a place of its own stood; a failure names it. */
    private int line;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    int line() {
        return line;
    }

    void at(int newLine) {
        line = newLine;
    }

    Object evaluate(Expr expr, Scope scope) {
        budget.enter();
        line = expr.line();
        Object value = switch (expr) {
            case Expr.Constant constant -> constant.value();
            case Expr.Name name -> name(name, scope);
            case Expr.ListOf list -> all(list.items(), scope);
            case Expr.TupleOf tuple -> new Tuple(all(tuple.items(), scope));
            case Expr.DictOf dict -> dict(dict, scope);
            case Expr.Attribute member -> attribute(member, scope);
            case Expr.Subscript subscript -> subscript(subscript, scope);
            case Expr.Slice slice -> throw Fault.of("a slice among several indices");
            case Expr.Call call -> call(call, scope, null);
            case Expr.Filter filter -> filter(filter, scope, new Undefined("no input"));
            case Expr.Test test -> test(test, scope);
            case Expr.Unary unary -> unary(unary, scope);
            case Expr.Binary binary -> binary(binary, scope);
            case Expr.Comparison comparison -> compare(comparison, scope);
            case Expr.Concat concat -> concat(concat, scope);
            case Expr.Conditional conditional -> conditional(conditional, scope);
        };
        budget.leave();
        return value;
    }

    private static Object name(Expr.Name name, Scope scope) {
        Object value = scope.find(name.name());
        return value == null ? Undefined.name(name.name()) : value;
    }

    private List<Object> all(List<Expr> items, Scope scope) {
        budget.elements(items.size());
        List<Object> values = new ArrayList<>(items.size());
        for (Expr item : items) {
            values.add(evaluate(item, scope));
        }
        return values;
    }

    private Object dict(Expr.DictOf dict, Scope scope) {
        budget.elements(dict.keys().size());
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            Object key = evaluate(dict.keys().get(i), scope);
            Dicts.put(map, key, evaluate(dict.values().get(i), scope), budget);
        }
        return map;
    }

    private Object attribute(Expr.Attribute member, Scope scope) {
        Object object = evaluate(member.object(), scope);
        line = member.line();
        return Members.attribute(object, member.name(), budget);
    }

    private Object subscript(Expr.Subscript subscript, Scope scope) {
        Object object = evaluate(subscript.object(), scope);
        if (subscript.index() instanceof Expr.Slice slice) {
            Object start = bound(slice.start(), scope);
            Object stop = bound(slice.stop(), scope);
            Object step = bound(slice.step(), scope);
            line = slice.line();
            return Members.slice(object, start, stop, step, budget);
        }
        Object index = evaluate(subscript.index(), scope);
        line = subscript.line();
        return Members.item(object, index, budget);
    }

    private Object bound(@Nullable Expr bound, Scope scope) {
        return bound == null ? None.NONE : evaluate(bound, scope);
    }

    /** @param caller the body of a call block around the call */
    Object call(Expr.Call call, Scope scope, @Nullable Callable caller) {
        Object callee = evaluate(call.callee(), scope);
        Arguments arguments = arguments(call.arguments(), scope, caller);
        line = call.line();
        return switch (callee) {
            case Callable function -> function.call(arguments);
            case Undefined undefined -> throw undefined.fault();
            default -> throw Fault.of("'" + Values.typeName(callee) + "' object is not callable");
        };
    }

    private Arguments arguments(Expr.CallArguments written, Scope scope, @Nullable Callable caller) {
        List<Object> positional = all(written.positional(), scope);
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < written.names().size(); i++) {
            if (named.put(written.names().get(i), evaluate(written.named().get(i), scope)) != null) {
                throw Fault.of("keyword argument '" + written.names().get(i) + "' repeated");
            }
        }
        if (caller != null) {
            named.put("caller", caller);
        }
        if (written.rest() != null) {
            positional.addAll(Values.list(evaluate(written.rest(), scope), budget));
        }
        if (written.keywords() != null) {
            if (!(evaluate(written.keywords(), scope) instanceof Map<?, ?> map)) {
                throw Fault.of("the argument after ** must be a mapping");
            }
            keywords(map).forEach((name, value) -> {
                if (named.put(name, value) != null) {
                    throw Fault.of("got multiple values for keyword argument '" + name + "'");
                }
            });
        }
        return new Arguments(positional, named);
    }

    /** A dict as keyword arguments. */
    static Map<String, Object> keywords(Map<?, ?> map) {
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((key, value) -> named.put(Values.string(key, "a keyword"), value));
        return named;
    }

    /** @param text what the filter works on where it has no input of its own: the text of a block */
    Object filter(Expr.Filter filter, Scope scope, Object text) {
        Object input = switch (filter.input()) {
            case null -> text;
            case Expr.Filter inner -> filter(inner, scope, text);
            case Expr other -> evaluate(other, scope);
        };
        budget.enter();
        Arguments arguments = arguments(filter.arguments(), scope, null);
        line = filter.line();
        Object value = filter(filter.name(), input, arguments);
        budget.leave();
        return value;
    }

    Object filter(String name, Object input, Arguments arguments) {
        budget.step();
        Filters.Filter filter = Filters.find(name);
        if (filter == null) {
            throw Fault.of("No filter named '" + name + "'");
        }
        return filter.apply(input, arguments, this);
    }

    private Object test(Expr.Test test, Scope scope) {
        Object input = evaluate(test.input(), scope);
        Arguments arguments = arguments(test.arguments(), scope, null);
        line = test.line();
        return test(test.name(), input, arguments);
    }

    boolean test(String name, Object input, Arguments arguments) {
        budget.step();
        return TestFunctions.apply(name, input, arguments, budget);
    }

    private Object unary(Expr.Unary unary, Scope scope) {
        Object value = evaluate(unary.operand(), scope);
        return unary.operator() == Operator.NOT
                ? (Object) !Values.truth(value)
                : Arithmetic.unary(unary.operator(), value);
    }

    private Object binary(Expr.Binary binary, Scope scope) {
        Object left = evaluate(binary.left(), scope);
        if (binary.operator() == Operator.AND) {
            return Values.truth(left) ? evaluate(binary.right(), scope) : left;
        }
        if (binary.operator() == Operator.OR) {
            return Values.truth(left) ? left : evaluate(binary.right(), scope);
        }
        Object right = evaluate(binary.right(), scope);
        line = binary.line();
        return Arithmetic.apply(binary.operator(), left, right, budget);
    }

    private Object compare(Expr.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            Object right = evaluate(comparison.operands().get(i), scope);
            line = comparison.line();
            if (!compare(comparison.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean compare(Operator operator, Object left, Object right) {
        return switch (operator) {
            case EQUAL -> Comparison.equal(left, right, budget);
            case UNEQUAL -> !Comparison.equal(left, right, budget);
            case IN -> Comparison.contains(right, left, budget);
            case NOT_IN -> !Comparison.contains(right, left, budget);
            default -> Comparison.ordered(operator, left, right, budget);
        };
    }

    private Object concat(Expr.Concat concat, Scope scope) {
        StringBuilder out = new StringBuilder();
        for (Expr part : concat.parts()) {
            String text = Repr.text(evaluate(part, scope), budget);
            budget.allocate(text.length());
            out.append(text);
        }
        return out.toString();
    }

    private Object conditional(Expr.Conditional conditional, Scope scope) {
        if (Values.truth(evaluate(conditional.test(), scope))) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise() == null
                ? new Undefined(
                        "the inline if-expression on line " + conditional.line() + " was false and has no else part")
                : evaluate(conditional.otherwise(), scope);
    }

    /** Walks {@code source} and gives only what the predicate keeps, at the last moment. */
    static Iterator<Object> lazily(Iterator<Object> source, java.util.function.Predicate<Object> kept) {
        return new Iterator<>() {
            private @Nullable Object ahead;

            @Override
            public boolean hasNext() {
                while (ahead == null && source.hasNext()) {
                    Object candidate = source.next();
                    if (kept.test(candidate)) {
                        ahead = candidate;
                    }
                }
                return ahead != null;
            }

            @Override
            public Object next() {
                if (!hasNext() || ahead == null) {
                    throw new java.util.NoSuchElementException();
                }
                Object item = ahead;
                ahead = null;
                return item;
            }
        };
    }
}
