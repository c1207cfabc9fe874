package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.engine.constraint.Expr.Rule;

/** Parses llama.cpp's grammar format: rules of literals, classes, groups, repetitions and other rules. */
final class GbnfParser {
    private static final int MOST_RULES = 2_000;
    private static final int MOST_REPEATS = 100_000;

    private final String text;
    private final Map<String, Rule> rules = new HashMap<>();
    private final Nullability nullability = new Nullability();
    private int at;
    private int depth;

    private GbnfParser(String text) {
        this.text = text;
    }

    /** What the rule {@code root} derives. */
    static Expr parse(String text) {
        if (text.length() > Limits.CHARS) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, "The grammar has more than " + Limits.CHARS + " characters");
        }
        var parser = new GbnfParser(text);
        parser.space(true);
        while (parser.at < text.length()) {
            parser.rule();
            parser.space(true);
        }
        Rule root = parser.rules.get("root");
        if (root == null) {
            throw parser.malformed("has no rule named root");
        }
        parser.requireDefined();
        parser.requireNoLeftRecursion();
        return Expr.call(root);
    }

    private void rule() {
        int begin = at;
        Rule rule = named(name());
        space(false);
        if (!text.startsWith("::=", at)) {
            throw malformed("lacks ::= behind the name of a rule");
        }
        at += 3;
        space(true);
        if (rule.isDefined()) {
            at = begin;
            throw malformed("defines the rule " + rule.name + " twice");
        }
        rule.define(choice(false));
        if (at < text.length() && !isLineEnd()) {
            throw malformed("has something behind the end of a rule");
        }
    }

    private Rule named(String name) {
        if (rules.size() > MOST_RULES) {
            throw Limits.tooLarge();
        }
        return rules.computeIfAbsent(name, Rule::new);
    }

    private Expr choice(boolean nested) {
        if (++depth > Limits.DEPTH) {
            throw Limits.tooDeep("The grammar");
        }
        List<Expr> choices = new ArrayList<>();
        choices.add(sequence(nested));
        while (takeBar()) {
            space(true);
            choices.add(sequence(nested));
        }
        depth--;
        return Expr.choice(choices);
    }

    /** Also on one of the next lines, where nothing else may begin with a bar. */
    private boolean takeBar() {
        int before = at;
        space(true);
        if (peek() == '|') {
            at++;
            return true;
        }
        at = before;
        return false;
    }

    private Expr sequence(boolean nested) {
        List<Expr> parts = new ArrayList<>();
        while (true) {
            space(nested);
            char c = peek();
            if (at == text.length() || c == '|' || c == ')' || isLineEnd()) {
                return parts.size() == 1 ? parts.getFirst() : new Expr.Sequence(List.copyOf(parts));
            }
            parts.add(repeated(part()));
        }
    }

    private Expr part() {
        char c = peek();
        if (c == '"') {
            return literal();
        }
        if (c == '[') {
            return new Expr.Chars(characterClass());
        }
        if (c == '.') {
            at++;
            return new Expr.Chars(CharSet.ALL);
        }
        if (c == '(') {
            at++;
            Expr inner = choice(true);
            space(true);
            if (peek() != ')') {
                throw malformed("lacks a ')'");
            }
            at++;
            return inner;
        }
        if (c == '<' || c == '!') {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "The grammar has a token at " + place() + ", and only text is understood")
                    .withNextStep("write what the token spells as a literal");
        }
        return Expr.call(named(name()));
    }

    private Expr repeated(Expr part) {
        Expr all = part;
        int marks = 0;
        while (true) {
            char c = peek();
            if (c == '*' || c == '+' || c == '?') {
                at++;
                all = new Expr.Repeat(all, c == '+' ? 1 : 0, c == '?' ? 1 : Integer.MAX_VALUE);
            } else if (c == '{') {
                at++;
                space(true);
                int least = peek() == ',' ? 0 : number();
                space(true);
                int most = least;
                if (peek() == ',') {
                    at++;
                    space(true);
                    most = peek() == '}' ? Integer.MAX_VALUE : number();
                    space(true);
                }
                if (peek() != '}' || most < least) {
                    throw malformed("has a count that is none");
                }
                at++;
                all = new Expr.Repeat(all, least, most);
            } else {
                return all;
            }
            if (++marks > Limits.DEPTH) {
                throw Limits.tooDeep("The grammar");
            }
        }
    }

    private int number() {
        int begin = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        String digits = text.substring(begin, at);
        if (digits.isEmpty() || digits.length() > 9 || Integer.parseInt(digits) > MOST_REPEATS) {
            throw malformed("has a count that is none, or more than " + MOST_REPEATS);
        }
        return Integer.parseInt(digits);
    }

    private Expr literal() {
        at++;
        var out = new StringBuilder();
        while (peek() != '"') {
            int c = character();
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw malformed("has half a surrogate pair");
            }
            out.appendCodePoint(c);
        }
        at++;
        return new Expr.Text(out.toString(), true);
    }

    private CharSet characterClass() {
        at++;
        boolean negated = peek() == '^';
        at += negated ? 1 : 0;
        CharSet set = CharSet.NONE;
        while (peek() != ']') {
            int first = character();
            int last = first;
            if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                at++;
                last = character();
            }
            if (last < first) {
                throw malformed("has a range that ends before it begins");
            }
            set = set.union(CharSet.of(first, last));
        }
        at++;
        return negated ? set.negate() : set;
    }

    private int character() {
        if (at >= text.length()) {
            throw malformed("ends in the middle of a literal or a class");
        }
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\') {
            return c;
        }
        char escape = peek();
        at++;
        return switch (escape) {
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '"', '[', ']', '-', '^' -> escape;
            default -> {
                at -= 2;
                throw malformed("has an escape that is none");
            }
        };
    }

    private int hex(int digits) {
        String all = text.substring(at, Math.min(text.length(), at + digits));
        if (!all.matches("[0-9a-fA-F]{" + digits + "}") || Long.parseLong(all, 16) > Character.MAX_CODE_POINT) {
            throw malformed("has an escape without its digits");
        }
        at += digits;
        return (int) Long.parseLong(all, 16);
    }

    private String name() {
        int begin = at;
        while (isNamePart(peek())) {
            at++;
        }
        if (at == begin) {
            throw malformed("has something that is neither a rule, a literal, a class nor a group");
        }
        return text.substring(begin, at);
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    /** Space and comments, and line ends where {@code lines}. */
    private void space(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && !isLineEnd()) {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || (lines && isLineEnd())) {
                at++;
            } else {
                return;
            }
        }
    }

    private boolean isLineEnd() {
        return peek() == '\n' || peek() == '\r';
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void requireDefined() {
        rules.forEach((name, rule) -> {
            if (!rule.isDefined()) {
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "The grammar uses the rule " + name + ", but has none");
            }
        });
    }

    private void requireNoLeftRecursion() {
        Map<Rule, Set<Rule>> firsts = new HashMap<>();
        rules.values().forEach(rule -> {
            Set<Rule> first = new HashSet<>();
            addFirst(rule.body(), first);
            firsts.put(rule, first);
        });
        // rules that begin with none of those that are left cannot be on a circle
        boolean shrinks = true;
        while (shrinks) {
            shrinks = firsts.keySet()
                    .removeIf(
                            rule -> firsts.getOrDefault(rule, Set.of()).stream().noneMatch(firsts::containsKey));
        }
        firsts.keySet().stream().map(rule -> rule.name).sorted().findFirst().ifPresent(name -> {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "The grammar's rule " + name + " begins with itself, or with a rule that does")
                    .withNextStep("write repetitions: a ::= b (\"+\" b)* instead of a ::= a \"+\" b");
        });
    }

    private void addFirst(Expr expr, Set<Rule> first) {
        switch (expr) {
            case Expr.Sequence sequence -> {
                for (Expr part : sequence.parts()) {
                    addFirst(part, first);
                    if (!nullability.isNullable(part)) {
                        return;
                    }
                }
            }
            case Expr.Choice choice -> choice.choices().forEach(each -> addFirst(each, first));
            case Expr.Repeat repeat -> addFirst(repeat.part(), first);
            case Expr.Call call -> first.add(call.rule());
            case Expr.Text text -> {}
            case Expr.Chars chars -> {}
            case Expr.Graph graph -> {}
        }
    }

    private Failure malformed(String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The grammar " + what + " at " + place());
    }

    private String place() {
        String before = text.substring(0, Math.min(at, text.length()));
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return "line " + line + ", character " + (before.length() - before.lastIndexOf('\n'));
    }
}
