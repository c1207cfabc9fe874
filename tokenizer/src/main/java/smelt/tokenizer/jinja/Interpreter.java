package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.tokenizer.jinja.Statement.Target;

/** Statements to text. */
final class Interpreter {
    /** How a statement list ended. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private final Scope top;
    private StringBuilder out = new StringBuilder();

    Interpreter(Scope variables, Budget budget) {
        this.top = variables.inner();
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    int line() {
        return evaluator.line();
    }

    String run(List<Statement> template) {
        execute(template, top);
        return out.toString();
    }

    Object evaluate(Expr expr, Scope scope) {
        return evaluator.evaluate(expr, scope);
    }

    /** What the statements print. */
    String capture(List<Statement> body, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        execute(body, scope);
        String text = out.toString();
        out = outer;
        budget.allocate(text.length());
        return text;
    }

    private void print(String text) {
        budget.steps(text.length() / 64);
        budget.output((long) out.length() + text.length());
        out.append(text);
    }

    private Flow execute(List<Statement> body, Scope scope) {
        budget.enter();
        Flow flow = Flow.NEXT;
        for (Statement statement : body) {
            flow = execute(statement, scope);
            if (flow != Flow.NEXT) {
                break;
            }
        }
        budget.leave();
        return flow;
    }

    private Flow execute(Statement statement, Scope scope) {
        budget.step();
        switch (statement) {
            case Statement.Text text -> print(text.text());
            case Statement.Print print -> print(Repr.text(evaluate(print.value(), scope), budget));
            case Statement.If choice -> {
                return choose(choice, scope);
            }
            case Statement.For loop -> loop(loop, scope);
            case Statement.Assign assign ->
                assign(assign.target(), evaluate(assign.value(), scope), scope, assign.line());
            case Statement.AssignBlock block -> {
                return assignBlock(block, scope);
            }
            case Statement.DefineMacro define ->
                scope.set(define.macro().name(), new MacroFunction(define.macro(), scope, this));
            case Statement.CallBlock block -> {
                MacroFunction caller = new MacroFunction(block.caller(), scope, this);
                print(Repr.text(evaluator.call(block.call(), scope, caller), budget));
            }
            case Statement.FilterBlock block -> {
                return filterBlock(block, scope);
            }
            case Statement.With with -> {
                return with(with, scope);
            }
            case Statement.Scoped scoped -> execute(scoped.body(), (scoped.seesLocals() ? scope : top).inner());
            case Statement.Break end -> {
                return Flow.BREAK;
            }
            case Statement.Continue next -> {
                return Flow.CONTINUE;
            }
            case Statement.Unsupported tag -> {
                evaluator.at(tag.line());
                throw Fault.unsupported("the tag '" + tag.tag() + "' has no meaning in a chat template");
            }
        }
        return Flow.NEXT;
    }

    private Flow choose(Statement.If choice, Scope scope) {
        for (Statement.Branch branch : choice.branches()) {
            if (Values.truth(evaluate(branch.test(), scope))) {
                return execute(branch.body(), scope);
            }
        }
        return execute(choice.otherwise(), scope);
    }

    private void loop(Statement.For loop, Scope scope) {
        Object items = evaluate(loop.items(), scope);
        evaluator.at(loop.line());
        if (loop.recursive()) {
            print(recursion(loop, scope, items, 0));
        } else {
            iterate(loop, scope, items, 0);
        }
    }

    private String recursion(Statement.For loop, Scope scope, Object items, int depth) {
        budget.enter();
        StringBuilder outer = out;
        out = new StringBuilder();
        iterate(loop, scope, items, depth);
        String text = out.toString();
        out = outer;
        budget.allocate(text.length());
        budget.leave();
        return text;
    }

    private void iterate(Statement.For statement, Scope scope, Object items, int depth) {
        Loop loop = new Loop(
                items,
                filtered(statement, scope, items),
                depth,
                budget,
                statement.recursive() ? (inner, level) -> recursion(statement, scope, inner, level) : null);
        // Jinja2 marks the loop as "has run" at the end of a body, which break and continue never reach.
        boolean completedOne = false;
        for (Object item = loop.next(); item != null; item = loop.next()) {
            Scope inner = scope.inner();
            inner.set("loop", loop);
            assign(statement.target(), item, inner, statement.line());
            Flow flow = execute(statement.body(), inner);
            completedOne |= flow == Flow.NEXT;
            if (flow == Flow.BREAK) {
                break;
            }
        }
        if (!completedOne && !statement.otherwise().isEmpty()) {
            execute(statement.otherwise(), scope.inner());
        }
    }

    private @Nullable Iterator<Object> filtered(Statement.For statement, Scope scope, Object items) {
        Expr condition = statement.condition();
        if (condition == null) {
            return null;
        }
        return Evaluator.lazily(Values.iterate(items), item -> {
            Scope inner = scope.inner();
            assign(statement.target(), item, inner, statement.line());
            return Values.truth(evaluate(condition, inner));
        });
    }

    private Flow assignBlock(Statement.AssignBlock block, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        Flow flow = execute(block.body(), scope.inner());
        String text = out.toString();
        out = outer;
        budget.allocate(text.length());
        if (flow == Flow.NEXT) {
            assign(block.target(), filtered(block.filter(), text, scope), scope, block.line());
        }
        return flow;
    }

    private Flow filterBlock(Statement.FilterBlock block, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        Flow flow = execute(block.body(), scope.inner());
        String text = out.toString();
        out = outer;
        budget.allocate(text.length());
        if (flow == Flow.NEXT) {
            print(Values.string(filtered(block.filter(), text, scope), "what a filter block prints"));
        }
        return flow;
    }

    private Object filtered(@Nullable Expr filter, String text, Scope scope) {
        return filter instanceof Expr.Filter chain ? evaluator.filter(chain, scope, text) : text;
    }

    private Flow with(Statement.With with, Scope scope) {
        List<Object> values = new ArrayList<>();
        for (Expr value : with.values()) {
            values.add(evaluate(value, scope));
        }
        Scope inner = scope.inner();
        for (int i = 0; i < values.size(); i++) {
            assign(with.targets().get(i), values.get(i), inner, with.line());
        }
        return execute(with.body(), inner);
    }

    private void assign(Target target, Object value, Scope scope, int line) {
        evaluator.at(line);
        switch (target) {
            case Target.Name name -> scope.set(name.name(), value);
            case Target.Member member -> {
                if (!(scope.find(member.namespace()) instanceof Namespace namespace)) {
                    throw Fault.of("cannot assign '" + member.attribute() + "' of '" + member.namespace()
                            + "', which is not a namespace");
                }
                budget.elements(1);
                namespace.attributes().put(member.attribute(), value);
            }
            case Target.Several several -> unpack(several.targets(), value, scope, line);
        }
    }

    private void unpack(List<Target> targets, Object value, Scope scope, int line) {
        List<Object> parts = Values.list(value, budget);
        if (parts.size() != targets.size()) {
            throw Fault.of("expected " + targets.size() + " values to unpack, got " + parts.size());
        }
        for (int i = 0; i < parts.size(); i++) {
            assign(targets.get(i), parts.get(i), scope, line);
        }
    }
}
