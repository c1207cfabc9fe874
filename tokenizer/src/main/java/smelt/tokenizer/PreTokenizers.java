package smelt.tokenizer;

import java.util.List;
import smelt.tokenizer.Splitting.Behavior;

/** The pre-tokenizers that are no plain split by a pattern of the file. */
final class PreTokenizers {
    /** GPT-2's pattern, which ByteLevel applies of itself. */
    static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final String PUNCTUATION = "[!-/:-@\\[-`{-~\\p{P}]";

    /** When Metaspace puts its mark before a piece that does not have it. */
    enum Prepend {
        ALWAYS,
        FIRST,
        NEVER
    }

    private PreTokenizers() {}

    static PreTokenizer byteLevel(boolean addPrefixSpace, boolean useRegex) {
        PreTokenizer spell = (text, start, end, first, out) -> {
            int[] spelt = ByteAlphabet.spell(text, start, end);
            out.piece(spelt, 0, spelt.length, first);
        };
        PreTokenizer cut = useRegex ? PreTokenizer.sequence(List.of(Splitting.isolate(GPT2), spell)) : spell;
        return addPrefixSpace ? PreTokenizer.sequence(List.of(prefix(' ', Prepend.ALWAYS), cut)) : cut;
    }

    /** Runs of word characters and runs of what is neither these nor whitespace. */
    static PreTokenizer whitespace() {
        return (text, start, end, first, out) -> {
            int open = start;
            for (int i = start; i < end; i++) {
                int kind = wordKind(text[i]);
                if (i + 1 == end || wordKind(text[i + 1]) != kind) {
                    if (kind != 0) {
                        out.piece(text, open, i + 1, first && open == start);
                    }
                    open = i + 1;
                }
            }
        };
    }

    private static int wordKind(int codePoint) {
        return CodePointSet.WHITESPACE.contains(codePoint) ? 0 : CodePoints.isWord(codePoint) ? 1 : 2;
    }

    static PreTokenizer whitespaceSplit() {
        return new Splitting("\\s", Behavior.REMOVED, false);
    }

    static PreTokenizer digits(boolean individual) {
        return new Splitting("\\p{N}", individual ? Behavior.ISOLATED : Behavior.CONTIGUOUS, false);
    }

    static PreTokenizer punctuation(Behavior behavior) {
        return new Splitting(PUNCTUATION, behavior, false);
    }

    static PreTokenizer bert() {
        return PreTokenizer.sequence(List.of(whitespaceSplit(), punctuation(Behavior.ISOLATED)));
    }

    static PreTokenizer metaspace(int mark, Prepend prepend, boolean split) {
        PreTokenizer respell = (text, start, end, first, out) -> {
            int[] marked = new int[end - start];
            for (int i = 0; i < marked.length; i++) {
                marked[i] = text[start + i] == ' ' ? mark : text[start + i];
            }
            prefix(mark, prepend).split(marked, 0, marked.length, first, out);
        };
        String pattern = Splitting.literal(Character.toString(mark));
        return split
                ? PreTokenizer.sequence(List.of(respell, new Splitting(pattern, Behavior.MERGED_WITH_NEXT, false)))
                : respell;
    }

    private static PreTokenizer prefix(int mark, Prepend prepend) {
        return (text, start, end, first, out) -> {
            boolean wanted = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && first);
            if (!wanted || start == end || text[start] == mark) {
                out.piece(text, start, end, first);
                return;
            }
            int[] longer = new int[end - start + 1];
            longer[0] = mark;
            System.arraycopy(text, start, longer, 1, end - start);
            out.piece(longer, 0, longer.length, first);
        };
    }
}
