package smelt.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression; {@code line} is where it stands in the template. */
sealed interface Expr {
    int line();

    record Constant(Object value, int line) implements Expr {}

    record Name(String name, int line) implements Expr {}

    record ListOf(List<Expr> items, int line) implements Expr {}

    record TupleOf(List<Expr> items, int line) implements Expr {}

    record DictOf(List<Expr> keys, List<Expr> values, int line) implements Expr {}

    /** {@code object.name}. */
    record Attribute(Expr object, String name, int line) implements Expr {}

    /** {@code object[index]}. */
    record Subscript(Expr object, Expr index, int line) implements Expr {}

    /** {@code start:stop:step}, only as an index. */
    record Slice(
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step,
            int line) implements Expr {}

    record Call(Expr callee, CallArguments arguments, int line) implements Expr {}

    /** {@code input | name(arguments)}; without an input in a filter block. */
    record Filter(@Nullable Expr input, String name, CallArguments arguments, int line) implements Expr {}

    record Test(Expr input, String name, CallArguments arguments, int line) implements Expr {}

    /** {@code not}, {@code -} or {@code +}. */
    record Unary(Operator operator, Expr operand, int line) implements Expr {}

    record Binary(Operator operator, Expr left, Expr right, int line) implements Expr {}

    /** {@code first op operands[0] op operands[1] ...}, each operand evaluated once. */
    record Comparison(Expr first, List<Operator> operators, List<Expr> operands, int line) implements Expr {}

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts, int line) implements Expr {}

    record Conditional(Expr test, Expr then, @Nullable Expr otherwise, int line) implements Expr {}

    /** Arguments before evaluation; {@code rest} is {@code *x}, {@code keywords} is {@code **x}. */
    record CallArguments(
            List<Expr> positional,
            List<String> names,
            List<Expr> named,
            @Nullable Expr rest,
            @Nullable Expr keywords) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), List.of(), null, null);
    }
}
