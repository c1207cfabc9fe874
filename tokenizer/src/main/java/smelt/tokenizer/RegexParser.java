package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.tokenizer.Regex.Instruction;

/** Parses the syntax that the reference tokenizers give to Oniguruma, as far as tokenizer files use it. */
final class RegexParser {
    private static final int MOST_DEPTH = 32;
    private static final int MOST_INSTRUCTIONS = 20_000;
    private static final int MOST_REPEATS = 1_000;
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final PatternCursor at;
    private final List<CodePointSet> sets = new ArrayList<>();
    private int depth;
    private boolean ignoreCase;

    RegexParser(String pattern) {
        this.at = new PatternCursor(pattern);
    }

    List<CodePointSet> sets() {
        return sets;
    }

    List<Instruction> parse() {
        List<Instruction> program = alternatives();
        if (!at.atEnd()) {
            throw at.malformed("has an unmatched ')'");
        }
        program.add(new Instruction(Regex.MATCH, 0, 0, 0));
        return program;
    }

    private List<Instruction> alternatives() {
        if (++depth > MOST_DEPTH) {
            throw at.malformed("nests deeper than " + MOST_DEPTH);
        }
        List<List<Instruction>> branches = new ArrayList<>();
        branches.add(sequence());
        while (at.take('|')) {
            branches.add(sequence());
        }
        depth--;
        List<Instruction> all = branches.getLast();
        for (int i = branches.size() - 2; i >= 0; i--) {
            all = either(branches.get(i), all);
        }
        return all;
    }

    private List<Instruction> either(List<Instruction> first, List<Instruction> second) {
        List<Instruction> all = new ArrayList<>();
        all.add(new Instruction(Regex.SPLIT, 1, first.size() + 2, 0));
        append(all, first);
        all.add(new Instruction(Regex.JUMP, all.size() + 1 + second.size(), 0, 0));
        append(all, second);
        return all;
    }

    private List<Instruction> sequence() {
        boolean outerCase = ignoreCase;
        List<Instruction> all = new ArrayList<>();
        while (!at.atEnd() && at.peek() != '|' && at.peek() != ')') {
            append(all, repeated(atom()));
        }
        ignoreCase = outerCase;
        return all;
    }

    /** Jump targets are relative to the list's start, so they move with it. */
    private void append(List<Instruction> to, List<Instruction> part) {
        int offset = to.size();
        if (offset + part.size() > MOST_INSTRUCTIONS) {
            throw at.malformed("needs more than " + MOST_INSTRUCTIONS + " instructions");
        }
        for (Instruction i : part) {
            to.add(
                    switch (i.op()) {
                        case Regex.SPLIT -> new Instruction(i.op(), i.a() + offset, i.b() + offset, 0);
                        case Regex.JUMP -> new Instruction(i.op(), i.a() + offset, 0, 0);
                        case Regex.LOOK_AHEAD, Regex.ATOMIC -> new Instruction(i.op(), i.a() + offset, i.b(), 0);
                        default -> i;
                    });
        }
    }

    private List<Instruction> atom() {
        int c = at.next();
        return switch (c) {
            case '(' -> group();
            case '[' -> one(characterClass());
            case '.' -> one(CodePointSet.of('\n').negate());
            case '^' -> assertion(Regex.LINE_START);
            case '$' -> assertion(Regex.LINE_END);
            case '\\' -> escape();
            case '*', '+', '?' -> throw at.malformed("repeats nothing");
            default -> literal(c);
        };
    }

    private List<Instruction> literal(int codePoint) {
        return one(CodePointSet.of(codePoint));
    }

    private List<Instruction> one(CodePointSet set) {
        sets.add(ignoreCase ? set.foldCase() : set);
        return list(new Instruction(Regex.SET, sets.size() - 1, 0, 0));
    }

    private static List<Instruction> assertion(int op) {
        return list(new Instruction(op, 0, 0, 0));
    }

    private static List<Instruction> list(Instruction instruction) {
        List<Instruction> list = new ArrayList<>();
        list.add(instruction);
        return list;
    }

    private CodePointSet characterClass() {
        return new RegexClass(at).parse();
    }

    private List<Instruction> escape() {
        int c = at.peek();
        int op = switch (c) {
            case 'b' -> Regex.WORD_BOUNDARY;
            case 'B' -> Regex.NOT_WORD_BOUNDARY;
            case 'A' -> Regex.TEXT_START;
            case 'z' -> Regex.TEXT_END;
            default -> -1;
        };
        if (op >= 0) {
            at.next();
            return assertion(op);
        }
        return one(new RegexClass(at).escape());
    }

    private List<Instruction> group() {
        boolean outerCase = ignoreCase;
        List<Instruction> all;
        if (at.take("?:")) {
            all = alternatives();
        } else if (at.take("?i:")) {
            ignoreCase = true;
            all = alternatives();
        } else if (at.take("?i)")) {
            ignoreCase = true;
            return new ArrayList<>();
        } else if (at.take("?=")) {
            all = enclosed(Regex.LOOK_AHEAD, 0);
        } else if (at.take("?!")) {
            all = enclosed(Regex.LOOK_AHEAD, 1);
        } else if (at.take("?>")) {
            all = enclosed(Regex.ATOMIC, 0);
        } else if (at.take("?<=")) {
            all = behind(0);
        } else if (at.take("?<!")) {
            all = behind(1);
        } else if (at.peek() == '?') {
            throw at.unsupported("group " + at.excerpt());
        } else {
            all = alternatives();
        }
        ignoreCase = outerCase;
        if (!at.take(')')) {
            throw at.malformed("lacks a ')'");
        }
        return all;
    }

    private List<Instruction> enclosed(int op, int negated) {
        return enclose(op, negated, alternatives());
    }

    private List<Instruction> enclose(int op, int negated, List<Instruction> inner) {
        List<Instruction> all = list(new Instruction(op, inner.size() + 2, negated, 0));
        append(all, inner);
        all.add(new Instruction(Regex.MATCH, 0, 0, 0));
        return all;
    }

    private List<Instruction> behind(int negated) {
        List<Instruction> inner = alternatives();
        if (inner.size() != 1 || inner.getFirst().op() != Regex.SET) {
            throw at.unsupported("look-behind of more than one character");
        }
        return list(new Instruction(Regex.LOOK_BEHIND, inner.getFirst().a(), negated, 0));
    }

    private List<Instruction> repeated(List<Instruction> body) {
        List<Instruction> all = body;
        for (int[] range = range(); range != null; range = range()) {
            boolean possessive = at.take('+');
            boolean lazy = !possessive && at.take('?');
            all = repeat(all, range[0], range[1], possessive, lazy);
        }
        return all;
    }

    private int @Nullable [] range() {
        if (at.take('*')) {
            return new int[] {0, UNBOUNDED};
        }
        if (at.take('+')) {
            return new int[] {1, UNBOUNDED};
        }
        if (at.take('?')) {
            return new int[] {0, 1};
        }
        return at.take('{') ? counted() : null;
    }

    private int[] counted() {
        String inside = at.until("}");
        if (!inside.matches("[0-9]{1,4}(,[0-9]{0,4})?|,[0-9]{1,4}")) {
            throw at.malformed("has a '{' that is no count");
        }
        String[] ends = inside.split(",", -1);
        int least = ends[0].isEmpty() ? 0 : Integer.parseInt(ends[0]);
        int most = ends.length == 1 ? least : ends[1].isEmpty() ? UNBOUNDED : Integer.parseInt(ends[1]);
        if (least > MOST_REPEATS || (most > MOST_REPEATS && most != UNBOUNDED) || least > most) {
            throw at.malformed("repeats {" + inside + "}");
        }
        return new int[] {least, most};
    }

    private List<Instruction> repeat(List<Instruction> body, int least, int most, boolean possessive, boolean lazy) {
        if (body.size() == 1 && body.getFirst().op() == Regex.SET && !lazy) {
            int op = possessive ? Regex.POSSESSIVE_RUN : Regex.RUN;
            return list(new Instruction(op, body.getFirst().a(), least, most));
        }
        List<Instruction> all = new ArrayList<>();
        for (int i = 0; i < least; i++) {
            append(all, body);
        }
        if (most == UNBOUNDED) {
            loop(all, body, lazy);
        } else {
            for (int i = least; i < most; i++) {
                List<Instruction> optional = list(branch(1, body.size() + 1, lazy));
                append(optional, body);
                append(all, optional);
            }
        }
        return possessive ? enclose(Regex.ATOMIC, 0, all) : all;
    }

    private void loop(List<Instruction> all, List<Instruction> body, boolean lazy) {
        if (mayBeEmpty(body, 0, body.size())) {
            throw at.unsupported("unbounded repetition of what may be empty");
        }
        List<Instruction> loop = list(branch(1, body.size() + 2, lazy));
        append(loop, body);
        loop.add(new Instruction(Regex.JUMP, 0, 0, 0));
        append(all, loop);
    }

    private static Instruction branch(int inside, int past, boolean lazy) {
        return new Instruction(Regex.SPLIT, lazy ? past : inside, lazy ? inside : past, 0);
    }

    /** Whether some way from {@code pc} to {@code end} takes no code point; branches only lead forward out of loops. */
    private static boolean mayBeEmpty(List<Instruction> program, int pc, int end) {
        boolean[] reached = new boolean[end + 1];
        reached[pc] = true;
        for (int i = pc; i < end; i++) {
            if (reached[i]) {
                reach(program.get(i), i, reached);
            }
        }
        return reached[end];
    }

    private static void reach(Instruction instruction, int at, boolean[] reached) {
        switch (instruction.op()) {
            case Regex.SET -> {}
            case Regex.RUN, Regex.POSSESSIVE_RUN -> reached[at + 1] |= instruction.b() == 0;
            case Regex.SPLIT -> {
                reached[instruction.a()] = true;
                reached[instruction.b()] = true;
            }
            case Regex.JUMP, Regex.LOOK_AHEAD, Regex.ATOMIC -> reached[instruction.a()] = true;
            default -> reached[at + 1] = true;
        }
    }
}
