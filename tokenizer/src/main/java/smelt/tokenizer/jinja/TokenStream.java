package smelt.tokenizer.jinja;

import java.util.List;
import smelt.base.Failure;

/** The tokens still to be parsed. */
final class TokenStream {
    private static final int MAX_DEPTH = 120;

    private final Source source;
    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenStream(Source source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    Token peek() {
        return tokens.get(next);
    }

    Token after() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(next);
        if (token.kind() != Token.Kind.END) {
            next++;
        }
        return token;
    }

    int line() {
        return source.line(peek().position());
    }

    boolean at(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean at(String operator) {
        return peek().isOperator(operator);
    }

    boolean atName(String name) {
        return peek().isName(name);
    }

    boolean skip(String operator) {
        boolean there = at(operator);
        if (there) {
            take();
        }
        return there;
    }

    boolean skipName(String name) {
        boolean there = atName(name);
        if (there) {
            take();
        }
        return there;
    }

    Token expect(Token.Kind kind) {
        if (!at(kind)) {
            throw unexpected(
                    "expected " + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
        return take();
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw unexpected("expected '" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("expected '" + name + "'");
        }
    }

    Failure unexpected(String wanted) {
        return source.malformed(peek().position(), wanted + ", got " + peek().describe());
    }

    Failure malformed(String what) {
        return source.malformed(peek().position(), what);
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw source.tooDeep(peek().position(), MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }
}
