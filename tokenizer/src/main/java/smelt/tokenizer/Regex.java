package smelt.tokenizer;

import java.util.Arrays;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A compiled pattern of a pre-tokenizer: leftmost match, first alternative first, as a backtracking engine finds it. It
 * keeps its own stack, and the steps of one text are limited to a multiple of the text's length.
 */
final class Regex {
    /** One code point of set a. */
    static final int SET = 0;
    /** Set a, at least b and at most c times, as many as possible, giving back one by one. */
    static final int RUN = 1;
    /** Like RUN, but never gives back. */
    static final int POSSESSIVE_RUN = 2;
    /** Tries a first, then b. */
    static final int SPLIT = 3;

    static final int JUMP = 4;
    /** Program from the next instruction to a MATCH; goes on at a; b is 1 where it must not match. */
    static final int LOOK_AHEAD = 5;
    /** Program from the next instruction to a MATCH, taken as it first matches; goes on at a. */
    static final int ATOMIC = 6;
    /** The code point before is (b = 0) or is not (b = 1) in set a; at the start there is none. */
    static final int LOOK_BEHIND = 7;

    static final int WORD_BOUNDARY = 8;
    static final int NOT_WORD_BOUNDARY = 9;
    static final int LINE_START = 10;
    static final int LINE_END = 11;
    static final int TEXT_START = 12;
    static final int TEXT_END = 13;
    static final int MATCH = 14;

    record Instruction(int op, int a, int b, int c) {}

    private static final int NO_MATCH = -1;
    private static final long STEPS_PER_CODE_POINT = 256;

    private final int[] ops;
    private final int[] a;
    private final int[] b;
    private final int[] c;
    private final CodePointSet[] sets;

    private Regex(List<Instruction> program, List<CodePointSet> sets) {
        this.ops = program.stream().mapToInt(Instruction::op).toArray();
        this.a = program.stream().mapToInt(Instruction::a).toArray();
        this.b = program.stream().mapToInt(Instruction::b).toArray();
        this.c = program.stream().mapToInt(Instruction::c).toArray();
        this.sets = sets.toArray(CodePointSet[]::new);
    }

    /** @throws Failure UNSUPPORTED for syntax outside what tokenizers use, MALFORMED where it is no pattern */
    static Regex compile(String pattern) {
        RegexParser parser = new RegexParser(pattern);
        return new Regex(parser.parse(), parser.sets());
    }

    Matcher matcher(int[] text, int start, int end) {
        return new Matcher(text, start, end);
    }

    /** Matches within text[start, end); nothing outside is seen. */
    final class Matcher {
        private final int[] text;
        private final int start;
        private final int end;
        private long stepsLeft;
        private int[] stack = new int[48];
        private int top;
        private int matchStart;
        private int matchEnd;

        private Matcher(int[] text, int start, int end) {
            this.text = text;
            this.start = start;
            this.end = end;
            this.stepsLeft = 10_000 + STEPS_PER_CODE_POINT * (end - start);
        }

        int matchStart() {
            return matchStart;
        }

        int matchEnd() {
            return matchEnd;
        }

        /** The first match that begins at or after {@code from}. */
        boolean find(int from) {
            for (int at = from; at <= end; at++) {
                int to = mayStart(at) ? run(0, at) : NO_MATCH;
                if (to != NO_MATCH) {
                    matchStart = at;
                    matchEnd = to;
                    return true;
                }
            }
            return false;
        }

        /** Spares most attempts of patterns that begin with a set. */
        private boolean mayStart(int at) {
            boolean known = ops[0] == SET || ((ops[0] == RUN || ops[0] == POSSESSIVE_RUN) && b[0] > 0);
            return !known || (at < end && sets[a[0]].contains(text[at]));
        }

        private int run(int pc, int at) {
            int base = top;
            while (true) {
                spend(1);
                switch (ops[pc]) {
                    case MATCH -> {
                        top = base;
                        return at;
                    }
                    case JUMP -> pc = a[pc];
                    case SPLIT -> {
                        push(b[pc], at, at);
                        pc = a[pc];
                    }
                    default -> {
                        int next = consume(pc, at);
                        if (next != NO_MATCH) {
                            at = next;
                            pc = following(pc);
                        } else if (top == base) {
                            return NO_MATCH;
                        } else {
                            pc = stack[top - 3];
                            at = stack[top - 2];
                            giveBackOne();
                        }
                    }
                }
            }
        }

        /** An entry with room left stays for the next time, one code point shorter. */
        private void giveBackOne() {
            if (stack[top - 2] > stack[top - 1]) {
                stack[top - 2]--;
            } else {
                top -= 3;
            }
        }

        private int following(int pc) {
            return ops[pc] == LOOK_AHEAD || ops[pc] == ATOMIC ? a[pc] : pc + 1;
        }

        private int consume(int pc, int at) {
            return switch (ops[pc]) {
                case SET -> at < end && sets[a[pc]].contains(text[at]) ? at + 1 : NO_MATCH;
                case RUN, POSSESSIVE_RUN -> runOfSet(pc, at);
                case LOOK_AHEAD -> (run(pc + 1, at) != NO_MATCH) == (b[pc] == 0) ? at : NO_MATCH;
                case ATOMIC -> run(pc + 1, at);
                default -> holds(pc, at) ? at : NO_MATCH;
            };
        }

        private int runOfSet(int pc, int at) {
            CodePointSet set = sets[a[pc]];
            int limit = (int) Math.min(end, (long) at + c[pc]);
            int to = at;
            while (to < limit && set.contains(text[to])) {
                to++;
            }
            spend(to - at);
            int least = at + b[pc];
            if (to < least) {
                return NO_MATCH;
            }
            if (to > least && ops[pc] == RUN) {
                push(pc + 1, to - 1, least);
            }
            return to;
        }

        private boolean holds(int pc, int at) {
            return switch (ops[pc]) {
                case LOOK_BEHIND -> (at > start && sets[a[pc]].contains(text[at - 1])) == (b[pc] == 0);
                case WORD_BOUNDARY -> wordAt(at - 1) != wordAt(at);
                case NOT_WORD_BOUNDARY -> wordAt(at - 1) == wordAt(at);
                case LINE_START -> at == start || text[at - 1] == '\n';
                case LINE_END -> at == end || text[at] == '\n';
                case TEXT_START -> at == start;
                case TEXT_END -> at == end;
                default -> throw new IllegalStateException("instruction " + ops[pc]);
            };
        }

        private boolean wordAt(int at) {
            return at >= start && at < end && RegexClass.WORD.contains(text[at]);
        }

        private void push(int pc, int at, int least) {
            if (top + 3 > stack.length) {
                stack = Arrays.copyOf(stack, stack.length * 2);
            }
            stack[top++] = pc;
            stack[top++] = at;
            stack[top++] = least;
        }

        private void spend(int steps) {
            stepsLeft -= steps;
            if (stepsLeft < 0) {
                throw Failure.of(
                        FailureCode.LIMIT_EXCEEDED,
                        "The pre-tokenizer's pattern took more than " + STEPS_PER_CODE_POINT
                                + " steps a character on a text of " + (end - start) + " characters");
            }
        }
    }
}
