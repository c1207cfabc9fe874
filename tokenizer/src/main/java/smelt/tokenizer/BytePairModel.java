package smelt.tokenizer;

import org.jspecify.annotations.Nullable;

/** BPE by ranked merges over code points (or over bytes spelt as characters). */
final class BytePairModel implements Model {
    /**
     * @param unknown id for characters outside the vocabulary, or -1: they are left out
     * @param fuseUnknown whether neighbouring unknown characters become one id
     * @param wholeWords whether a word that is a token as it stands is taken whole, whatever the merges say
     * @param suffix what marks the end of a word in the vocabulary, or empty
     * @param prefix what marks a continued word in the vocabulary, or empty
     */
    record Rules(int unknown, boolean fuseUnknown, boolean wholeWords, String suffix, String prefix) {
        static final Rules PLAIN = new Rules(-1, false, false, "", "");
    }

    private final PieceTable pieces;
    private final MergeRanks merges;
    private final ByteFallback fallback;
    private final Rules rules;
    private final int[] idOfLowCharacter = new int[0x400];

    BytePairModel(PieceTable pieces, MergeRanks merges, ByteFallback fallback, Rules rules) {
        this.pieces = pieces;
        this.merges = merges;
        this.fallback = fallback;
        this.rules = rules;
        for (int c = 0; c < idOfLowCharacter.length; c++) {
            idOfLowCharacter[c] = pieces.idOf(new int[] {c}, 0, 1);
        }
    }

    @Override
    public void encode(int[] text, int start, int end, Encoding out) {
        if (rules.wholeWords()) {
            int whole = pieces.idOf(text, start, end);
            if (whole != PieceTable.NONE) {
                out.ids.add(whole);
                return;
            }
        }
        Merging merging = out.merging;
        merging.clear();
        boolean afterUnknown = false;
        for (int i = start; i < end; i++) {
            afterUnknown = addSymbol(text, start, end, i, merging, afterUnknown);
        }
        merging.run(merges);
        for (int s = merging.first(); s != Merging.NONE; s = merging.next(s)) {
            out.ids.add(merging.id(s));
        }
    }

    /** Whether what was added is the unknown token. */
    private boolean addSymbol(int[] text, int start, int end, int i, Merging merging, boolean afterUnknown) {
        int id = idOfCharacter(text, start, end, i);
        if (id != PieceTable.NONE) {
            merging.add(id, i, i + 1);
            return false;
        }
        int @Nullable [] bytes = fallback.idsOf(text[i]);
        if (bytes != null) {
            for (int b : bytes) {
                merging.add(b, i, i + 1);
            }
            return false;
        }
        if (rules.unknown() >= 0 && !(rules.fuseUnknown() && afterUnknown)) {
            merging.add(rules.unknown(), i, i + 1);
        }
        return rules.unknown() >= 0;
    }

    private int idOfCharacter(int[] text, int start, int end, int i) {
        boolean marked = (i > start && !rules.prefix().isEmpty())
                || (i == end - 1 && !rules.suffix().isEmpty());
        if (marked) {
            String prefix = i > start ? rules.prefix() : "";
            String suffix = i == end - 1 ? rules.suffix() : "";
            return pieces.idOf(prefix + Character.toString(text[i]) + suffix);
        }
        return text[i] < idOfLowCharacter.length ? idOfLowCharacter[text[i]] : pieces.idOf(text, i, i + 1);
    }
}
