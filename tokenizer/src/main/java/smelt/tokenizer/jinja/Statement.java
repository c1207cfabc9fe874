package smelt.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a template. */
sealed interface Statement {
    record Text(String text) implements Statement {}

    record Print(Expr value) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expr test, List<Statement> body) {}

    record For(
            Target target,
            Expr items,
            @Nullable Expr condition,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    record Assign(Target target, Expr value, int line) implements Statement {}

    /** {@code set x | filters} ... {@code endset}; the filter chain ends in a {@link Expr.Filter} without input. */
    record AssignBlock(Target target, @Nullable Expr filter, List<Statement> body, int line) implements Statement {}

    record DefineMacro(Macro macro) implements Statement {}

    record CallBlock(Expr.Call call, Macro caller) implements Statement {}

    record FilterBlock(Expr filter, List<Statement> body) implements Statement {}

    record With(List<Target> targets, List<Expr> values, List<Statement> body, int line) implements Statement {}

    /** A body whose assignments stay inside: {@code block} and {@code generation}. */
    record Scoped(boolean seesLocals, List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    /** A tag that needs other templates; fails only where it is reached. */
    record Unsupported(String tag, int line) implements Statement {}

    /** The last {@code defaults.size()} parameters have defaults. */
    record Macro(
            String name,
            List<String> parameters,
            List<Expr> defaults,
            List<Statement> body,
            boolean usesCaller,
            boolean usesKeywords,
            boolean usesRest,
            int line) {}

    /** What can stand left of {@code =}. */
    sealed interface Target {
        record Name(String name) implements Target {}

        record Member(String namespace, String attribute) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
