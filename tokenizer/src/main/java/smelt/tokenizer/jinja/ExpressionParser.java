package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.tokenizer.jinja.Token.Kind;

/** Expressions, by binding power. */
final class ExpressionParser {
    private final TokenStream tokens;
    /** Names that were read so far and not yet claimed by a macro, see {@link #namesIn}. */
    private Set<String> namesRead = new HashSet<>();

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** The names that whatever {@code parse} parses reads; the surrounding macro reads them too. */
    <T> T namesIn(Set<String> names, Supplier<T> parse) {
        Set<String> outer = namesRead;
        namesRead = names;
        T parsed = parse.get();
        outer.addAll(names);
        namesRead = outer;
        return parsed;
    }

    Expr expression() {
        tokens.enter();
        Expr value = infix(Operator.LOOSEST);
        while (tokens.atName("if")) {
            int line = tokens.line();
            tokens.take();
            Expr test = infix(Operator.LOOSEST);
            Expr otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expr.Conditional(test, value, otherwise, line);
        }
        tokens.leave();
        return value;
    }

    /** Without {@code x if y else z}: after {@code for .. in} and {@code if}, where {@code if} means something else. */
    Expr unconditional() {
        return infix(Operator.LOOSEST);
    }

    /** One expression, or a tuple where commas follow. */
    Expr tuple(Supplier<Expr> element, @Nullable String endName, boolean mayBeEmpty) {
        List<Expr> items = new ArrayList<>();
        int line = tokens.line();
        boolean commas = false;
        while (!atTupleEnd(endName)) {
            items.add(element.get());
            if (!tokens.skip(",")) {
                break;
            }
            commas = true;
        }
        if (!commas && items.size() == 1) {
            return items.get(0);
        }
        if (items.isEmpty() && !mayBeEmpty) {
            throw tokens.unexpected("expected an expression");
        }
        return new Expr.TupleOf(items, line);
    }

    Expr tuple() {
        return tuple(this::expression, null, false);
    }

    private boolean atTupleEnd(@Nullable String endName) {
        return tokens.at(Kind.VARIABLE_END)
                || tokens.at(Kind.BLOCK_END)
                || tokens.at(")")
                || (endName != null && tokens.atName(endName));
    }

    private Expr infix(int loosest) {
        Expr left = loosest <= Operator.NOT.power() && tokens.atName("not") ? negation() : unary(true);
        while (true) {
            Operator operator = Operator.infix(tokens.peek(), tokens.after());
            if (operator == null || operator.power() < loosest) {
                return left;
            }
            left = rest(left, operator);
        }
    }

    private Expr negation() {
        int line = tokens.line();
        tokens.take();
        tokens.enter();
        Expr operand = infix(Operator.NOT.power());
        tokens.leave();
        return new Expr.Unary(Operator.NOT, operand, line);
    }

    private Expr rest(Expr left, Operator operator) {
        int line = tokens.line();
        if (operator.isComparison()) {
            return comparison(left, line);
        }
        if (operator == Operator.CONCAT) {
            List<Expr> parts = new ArrayList<>(List.of(left));
            while (tokens.skip("~")) {
                parts.add(infix(operator.power() + 1));
            }
            return new Expr.Concat(parts, line);
        }
        tokens.take();
        return new Expr.Binary(operator, left, infix(operator.power() + 1), line);
    }

    private Expr comparison(Expr first, int line) {
        List<Operator> operators = new ArrayList<>();
        List<Expr> operands = new ArrayList<>();
        while (true) {
            Operator operator = Operator.infix(tokens.peek(), tokens.after());
            if (operator == null || !operator.isComparison()) {
                return new Expr.Comparison(first, operators, operands, line);
            }
            tokens.take();
            if (operator == Operator.NOT_IN) {
                tokens.take();
            }
            operators.add(operator);
            operands.add(infix(operator.power() + 1));
        }
    }

    private Expr unary(boolean withFilters) {
        int line = tokens.line();
        Expr value;
        if (tokens.at("-") || tokens.at("+")) {
            Operator sign = tokens.take().text().equals("-") ? Operator.SUBTRACT : Operator.ADD;
            tokens.enter();
            value = new Expr.Unary(sign, unary(false), line);
            tokens.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filtersAndTests(value) : value;
    }

    /** A name, a literal, or something in brackets. */
    Expr primary() {
        Token token = tokens.peek();
        int line = tokens.line();
        return switch (token.kind()) {
            case NAME -> {
                tokens.take();
                yield name(token.text(), line);
            }
            case STRING -> {
                StringBuilder joined = new StringBuilder();
                while (tokens.at(Kind.STRING)) {
                    joined.append(tokens.take().text());
                }
                yield new Expr.Constant(joined.toString(), line);
            }
            case NUMBER -> new Expr.Constant(tokens.take().value(), line);
            case OPERATOR -> bracketed(line);
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
                throw tokens.unexpected("expected an expression");
        };
    }

    private Expr name(String name, int line) {
        return switch (name) {
            case "true", "True" -> new Expr.Constant(true, line);
            case "false", "False" -> new Expr.Constant(false, line);
            case "none", "None" -> new Expr.Constant(None.NONE, line);
            default -> {
                namesRead.add(name);
                yield new Expr.Name(name, line);
            }
        };
    }

    private Expr bracketed(int line) {
        if (tokens.skip("(")) {
            tokens.enter();
            Expr value = tuple(this::expression, null, true);
            tokens.leave();
            tokens.expect(")");
            return value;
        }
        if (tokens.skip("[")) {
            return new Expr.ListOf(listUntil("]", this::expression), line);
        }
        if (tokens.skip("{")) {
            List<Expr> values = new ArrayList<>();
            List<Expr> keys = listUntil("}", () -> {
                Expr key = expression();
                tokens.expect(":");
                values.add(expression());
                return key;
            });
            return new Expr.DictOf(keys, values, line);
        }
        throw tokens.unexpected("expected an expression");
    }

    private List<Expr> listUntil(String end, Supplier<Expr> element) {
        List<Expr> items = new ArrayList<>();
        while (!tokens.at(end)) {
            if (!items.isEmpty()) {
                tokens.expect(",");
                if (tokens.at(end)) {
                    break;
                }
            }
            items.add(element.get());
        }
        tokens.expect(end);
        return items;
    }

    private Expr postfix(Expr start) {
        Expr value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.skip(".")) {
                value = member(value, line);
            } else if (tokens.skip("[")) {
                value = new Expr.Subscript(value, index(line), line);
            } else if (tokens.at("(")) {
                value = new Expr.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expr member(Expr object, int line) {
        Token token = tokens.take();
        if (token.kind() == Kind.NAME) {
            return new Expr.Attribute(object, token.text(), line);
        }
        if (token.kind() == Kind.NUMBER && token.value() instanceof Long) {
            return new Expr.Subscript(object, new Expr.Constant(token.value(), line), line);
        }
        throw tokens.malformed("expected a name or number after '.'");
    }

    private Expr index(int line) {
        List<Expr> indices = new ArrayList<>();
        while (!tokens.at("]")) {
            if (!indices.isEmpty()) {
                tokens.expect(",");
            }
            indices.add(subscript(line));
        }
        tokens.expect("]");
        return indices.size() == 1 ? indices.get(0) : new Expr.TupleOf(indices, line);
    }

    private Expr subscript(int line) {
        Expr start = tokens.at(":") ? null : expression();
        if (start != null && !tokens.at(":")) {
            return start;
        }
        tokens.take();
        Expr stop = tokens.at(":") || tokens.at("]") || tokens.at(",") ? null : expression();
        Expr step = null;
        if (tokens.skip(":") && !tokens.at("]") && !tokens.at(",")) {
            step = expression();
        }
        return new Expr.Slice(start, stop, step, line);
    }

    Expr filtersAndTests(Expr start) {
        Expr value = start;
        while (true) {
            if (tokens.at("|")) {
                tokens.take();
                value = filter(value);
            } else if (tokens.atName("is")) {
                value = test(value);
            } else if (tokens.at("(")) {
                int line = tokens.line();
                value = new Expr.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /** One filter after its bar, on {@code input} or, in a block, on the block's text. */
    Expr filter(@Nullable Expr input) {
        int line = tokens.line();
        String name = dottedName();
        return new Expr.Filter(input, name, tokens.at("(") ? arguments() : Expr.CallArguments.NONE, line);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME).text());
        while (tokens.skip(".")) {
            name.append('.').append(tokens.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private Expr test(Expr input) {
        int line = tokens.line();
        tokens.take();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        Expr.CallArguments arguments = Expr.CallArguments.NONE;
        if (tokens.at("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            if (tokens.atName("is")) {
                throw tokens.malformed("tests cannot be chained with 'is'");
            }
            arguments = new Expr.CallArguments(List.of(postfix(primary())), List.of(), List.of(), null, null);
        }
        Expr test = new Expr.Test(input, name, arguments, line);
        return negated ? new Expr.Unary(Operator.NOT, test, line) : test;
    }

    private boolean startsTestArgument() {
        return switch (tokens.peek().kind()) {
            case NAME -> !tokens.atName("else") && !tokens.atName("or") && !tokens.atName("and");
            case STRING, NUMBER -> true;
            case OPERATOR -> tokens.at("[") || tokens.at("{");
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }

    Expr.CallArguments arguments() {
        List<Expr> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expr> named = new ArrayList<>();
        Expr rest = null;
        Expr keywords = null;
        tokens.expect("(");
        while (!tokens.at(")")) {
            if (tokens.skip("*") && rest == null && keywords == null) {
                rest = expression();
            } else if (tokens.skip("**") && keywords == null) {
                keywords = expression();
            } else if (tokens.at(Kind.NAME) && tokens.after().isOperator("=") && keywords == null) {
                names.add(tokens.take().text());
                tokens.take();
                named.add(expression());
            } else if (rest == null && keywords == null && names.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.malformed("invalid syntax for function call expression");
            }
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        tokens.expect(")");
        return new Expr.CallArguments(positional, names, named, rest, keywords);
    }
}
