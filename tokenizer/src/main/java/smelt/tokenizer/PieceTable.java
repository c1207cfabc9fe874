package smelt.tokenizer;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** Pieces of a vocabulary to ids, looked up by a slice of a text without copying it. */
final class PieceTable {
    static final int NONE = -1;
    /** No known vocabulary has a piece of more than 512 characters; the bound keeps look-ups short. */
    private static final int LONGEST = 16_384;

    private final String[] pieces;
    private final int[] slots;
    private int longest;

    /** @param pieces shared, not copied */
    PieceTable(String[] pieces) {
        this.pieces = pieces;
        this.slots = new int[Integer.highestOneBit(Math.max(8, pieces.length)) * 4];
    }

    /** Adds the piece of {@code id}; false where the same text is there already, which then stays. */
    boolean add(int id) {
        String piece = pieces[id];
        if (piece.length() > LONGEST) {
            throw Failure.of(
                    FailureCode.MALFORMED, "Token " + id + " has " + piece.length() + " characters, over " + LONGEST);
        }
        int[] text = CodePoints.of(piece);
        longest = Math.max(longest, text.length);
        int mask = slots.length - 1;
        int i = hash(text, 0, text.length) & mask;
        while (slots[i] != 0) {
            if (pieces[slots[i] - 1].equals(piece)) {
                return false;
            }
            i = i + 1 & mask;
        }
        slots[i] = id + 1;
        return true;
    }

    /** Code points of the longest piece. */
    int longest() {
        return longest;
    }

    int idOf(String piece) {
        int[] text = CodePoints.of(piece);
        return idOf(text, 0, text.length);
    }

    int idOf(int[] text, int start, int end) {
        if (end - start > longest) {
            return NONE;
        }
        int mask = slots.length - 1;
        for (int i = hash(text, start, end) & mask; slots[i] != 0; i = i + 1 & mask) {
            if (equal(pieces[slots[i] - 1], text, start, end)) {
                return slots[i] - 1;
            }
        }
        return NONE;
    }

    private static boolean equal(String piece, int[] text, int start, int end) {
        int at = 0;
        for (int i = start; i < end; i++) {
            if (at >= piece.length()) {
                return false;
            }
            int cp = piece.codePointAt(at);
            if (cp != text[i]) {
                return false;
            }
            at += Character.charCount(cp);
        }
        return at == piece.length();
    }

    private static int hash(int[] text, int start, int end) {
        long h = 0;
        for (int i = start; i < end; i++) {
            h = (h + text[i]) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 32;
        }
        return (int) LongIntMap.mix(h);
    }
}
