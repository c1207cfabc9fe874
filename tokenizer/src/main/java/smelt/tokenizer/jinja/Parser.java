package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import smelt.tokenizer.jinja.Statement.Target;
import smelt.tokenizer.jinja.Token.Kind;

/** Statements. */
final class Parser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    /** Loops around the current place, up to the next macro. */
    private int loops;

    private Parser(Source source) {
        this.tokens = new TokenStream(source);
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Statement> parse(Source source) {
        return new Parser(source).statements();
    }

    /** Up to the end of the template, or to a tag named in {@code ends}, whose name is the next token then. */
    private List<Statement> statements(String... ends) {
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = tokens.take();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.text()));
                case VARIABLE_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple()));
                    tokens.expect(Kind.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    if (tokens.at(Kind.NAME)
                            && List.of(ends).contains(tokens.peek().text())) {
                        return body;
                    }
                    tag(body);
                    tokens.expect(Kind.BLOCK_END);
                }
                case END -> {
                    if (ends.length > 0) {
                        throw tokens.malformed("the template ends where '" + ends[ends.length - 1] + "' is missing");
                    }
                    return body;
                }
                case VARIABLE_END, BLOCK_END, NAME, STRING, NUMBER, OPERATOR ->
                    throw tokens.unexpected("expected text or a tag");
            }
        }
    }

    /** The body of a tag: from behind its head up to one of the end tags. */
    private List<Statement> body(String... ends) {
        tokens.skip(":");
        tokens.expect(Kind.BLOCK_END);
        tokens.enter();
        List<Statement> body = statements(ends);
        tokens.leave();
        return body;
    }

    private List<Statement> bodyUntil(String end) {
        List<Statement> body = body(end);
        tokens.take();
        return body;
    }

    private void tag(List<Statement> body) {
        int line = tokens.line();
        Token token = tokens.expect(Kind.NAME);
        switch (token.text()) {
            case "if" -> body.add(ifElse());
            case "for" -> body.add(loop(line));
            case "set" -> body.add(assign(line));
            case "macro" -> body.add(macro(line));
            case "call" -> body.add(callBlock(line));
            case "filter" -> {
                Expr filters = filters(expressions.filter(null));
                body.add(new Statement.FilterBlock(filters, bodyUntil("endfilter")));
            }
            case "with" -> body.add(with(line));
            case "generation" -> body.add(new Statement.Scoped(true, outsideLoops("endgeneration")));
            case "block" -> body.add(block());
            case "print" -> print(body);
            case "break" -> body.add(inLoop(new Statement.Break()));
            case "continue" -> body.add(inLoop(new Statement.Continue()));
            case "include", "import", "from", "extends" -> body.add(unsupported(token.text(), line));
            case "autoescape" -> {
                expressions.expression();
                body.add(new Statement.Unsupported("autoescape", line));
                bodyUntil("endautoescape");
            }
            default -> throw tokens.malformed("unknown tag '" + token.text() + "'");
        }
    }

    private Statement unsupported(String tag, int line) {
        while (!tokens.at(Kind.BLOCK_END) && !tokens.at(Kind.END)) {
            tokens.take();
        }
        return new Statement.Unsupported(tag, line);
    }

    private Statement inLoop(Statement statement) {
        if (loops == 0) {
            throw tokens.malformed("'break' or 'continue' outside a loop");
        }
        return statement;
    }

    private List<Statement> outsideLoops(String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = bodyUntil(end);
        loops = outer;
        return body;
    }

    private void print(List<Statement> body) {
        while (!tokens.at(Kind.BLOCK_END)) {
            body.add(new Statement.Print(expressions.expression()));
            if (!tokens.at(Kind.BLOCK_END)) {
                tokens.expect(",");
            }
        }
    }

    private Statement ifElse() {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        while (true) {
            Expr test = expressions.tuple(expressions::unconditional, null, false);
            branches.add(new Statement.Branch(test, body("elif", "else", "endif")));
            String end = tokens.take().text();
            if (end.equals("else")) {
                otherwise = bodyUntil("endif");
            }
            if (!end.equals("elif")) {
                return new Statement.If(branches, otherwise);
            }
        }
    }

    private Statement loop(int line) {
        Target target = target(expressions.tuple(expressions::primary, "in", false));
        tokens.expectName("in");
        Expr items = expressions.tuple(expressions::unconditional, "recursive", false);
        Expr condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = body("else", "endfor");
        loops--;
        boolean hasElse = tokens.take().text().equals("else");
        List<Statement> otherwise = hasElse ? bodyUntil("endfor") : List.of();
        return new Statement.For(target, items, condition, recursive, body, otherwise, line);
    }

    private Statement assign(int line) {
        Target target = target(expressions.tuple(this::assignable, null, false));
        if (tokens.skip("=")) {
            return new Statement.Assign(target, expressions.tuple(), line);
        }
        Expr filter = tokens.skip("|") ? filters(expressions.filter(null)) : null;
        return new Statement.AssignBlock(target, filter, bodyUntil("endset"), line);
    }

    /** A name, or {@code namespace.attribute}. */
    private Expr assignable() {
        Expr value = expressions.primary();
        if (value instanceof Expr.Name name && tokens.skip(".")) {
            return new Expr.Attribute(name, tokens.expect(Kind.NAME).text(), name.line());
        }
        return value;
    }

    private Target target(Expr written) {
        return switch (written) {
            case Expr.Name name -> {
                if (name.name().equals("loop")) {
                    throw tokens.malformed("cannot assign to the special name 'loop'");
                }
                yield new Target.Name(name.name());
            }
            case Expr.Attribute member -> member(member);
            case Expr.TupleOf tuple ->
                new Target.Several(tuple.items().stream().map(this::target).toList());
            default -> throw tokens.malformed("cannot assign to this expression");
        };
    }

    private Target member(Expr.Attribute member) {
        if (member.object() instanceof Expr.Name owner) {
            return new Target.Member(owner.name(), member.name());
        }
        throw tokens.malformed("cannot assign to this expression");
    }

    /** Further filters behind the first. */
    private Expr filters(Expr first) {
        Expr filter = first;
        while (tokens.skip("|")) {
            filter = expressions.filter(filter);
        }
        return filter;
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.at(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expect(",");
            }
            targets.add(target(expressions.tuple(expressions::primary, null, false)));
            tokens.expect("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, bodyUntil("endwith"), line);
    }

    private Statement block() {
        String name = tokens.expect(Kind.NAME).text();
        boolean scoped = tokens.skipName("scoped");
        tokens.skipName("required");
        List<Statement> body = outsideLoops("endblock");
        tokens.skipName(name);
        return new Statement.Scoped(scoped, body);
    }

    private Statement macro(int line) {
        String name = tokens.expect(Kind.NAME).text();
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        signature(parameters, defaults);
        return new Statement.DefineMacro(body(name, parameters, defaults, "endmacro", line));
    }

    private Statement callBlock(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        if (tokens.at("(")) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw tokens.malformed("expected a call");
        }
        return new Statement.CallBlock(call, body("caller", parameters, defaults, "endcall", line));
    }

    private Statement.Macro body(String name, List<String> parameters, List<Expr> defaults, String end, int line) {
        Set<String> reads = new HashSet<>();
        List<Statement> body = expressions.namesIn(reads, () -> outsideLoops(end));
        if (reads.contains("caller") && defaultless(parameters, defaults, "caller")) {
            throw tokens.malformed("the parameter 'caller' of a macro needs a default");
        }
        return new Statement.Macro(
                name,
                parameters,
                defaults,
                body,
                reads.contains("caller") && !parameters.contains("caller"),
                reads.contains("kwargs") && !parameters.contains("kwargs"),
                reads.contains("varargs") && !parameters.contains("varargs"),
                line);
    }

    private static boolean defaultless(List<String> parameters, List<Expr> defaults, String name) {
        int at = parameters.indexOf(name);
        return at >= 0 && at < parameters.size() - defaults.size();
    }

    private void signature(List<String> parameters, List<Expr> defaults) {
        tokens.expect("(");
        while (!tokens.at(")")) {
            if (!parameters.isEmpty()) {
                tokens.expect(",");
            }
            String name = parameterName();
            if (parameters.contains(name)) {
                throw tokens.malformed("duplicate parameter '" + name + "'");
            }
            parameters.add(name);
            if (tokens.skip("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.malformed("a parameter without default follows one with a default");
            }
        }
        tokens.expect(")");
    }

    private String parameterName() {
        Target target = target(expressions.primary());
        if (target instanceof Target.Name name) {
            return name.name();
        }
        throw tokens.malformed("expected a parameter name");
    }
}
