package smelt.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** SentencePiece's BPE: any two neighbours whose text is a piece may join, the piece of the highest score first. */
final class SentencePieceMerges implements Model {
    private final PieceTable pieces;
    private final int[] rankOfId;
    private final ByteFallback fallback;
    private final int unknown;

    /**
     * @param pieces those that merging may produce; {@code scores} are of all ids; unknown is -1 where there is none
     */
    SentencePieceMerges(PieceTable pieces, float[] scores, ByteFallback fallback, int unknown) {
        this.pieces = pieces;
        this.rankOfId = ranks(scores);
        this.fallback = fallback;
        this.unknown = unknown;
    }

    /** Position among the distinct scores, the highest first. */
    private static int[] ranks(float[] scores) {
        float[] ascending = scores.clone();
        Arrays.sort(ascending);
        int distinct = 0;
        for (float score : ascending) {
            if (distinct == 0 || score != ascending[distinct - 1]) {
                ascending[distinct++] = score;
            }
        }
        int[] ranks = new int[scores.length];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = distinct - 1 - Arrays.binarySearch(ascending, 0, distinct, scores[i]);
        }
        return ranks;
    }

    @Override
    public void encode(int[] text, int start, int end, Encoding out) {
        Merging merging = out.merging;
        merging.clear();
        for (int i = start; i < end; i++) {
            merging.add(pieces.idOf(text, i, i + 1), i, i + 1);
        }
        merging.run((symbols, left, right) -> find(text, symbols, left, right));
        boolean afterUnknown = false;
        for (int s = merging.first(); s != Merging.NONE; s = merging.next(s)) {
            afterUnknown = emit(text, merging, s, out.ids, afterUnknown);
        }
    }

    private long find(int[] text, Merging symbols, int left, int right) {
        int id = pieces.idOf(text, symbols.start(left), symbols.end(right));
        return id == PieceTable.NONE ? Merging.NO_PAIR : (long) rankOfId[id] << 32 | id;
    }

    /** Whether the symbol was unknown; neighbouring unknown characters become one id. */
    private boolean emit(int[] text, Merging merging, int symbol, IntList ids, boolean afterUnknown) {
        int id = merging.id(symbol);
        if (id != PieceTable.NONE) {
            ids.add(id);
            return false;
        }
        int @Nullable [] bytes = fallback.idsOf(text[merging.start(symbol)]);
        if (bytes != null) {
            ids.addAll(bytes);
            return false;
        }
        if (unknown >= 0 && !afterUnknown) {
            ids.add(unknown);
        }
        return true;
    }
}
