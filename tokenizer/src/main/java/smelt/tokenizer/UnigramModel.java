package smelt.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** SentencePiece's unigram model: the segmentation of the highest sum of scores (Viterbi). */
final class UnigramModel implements Model {
    /** How much below the worst piece an unknown character scores. */
    private static final double UNKNOWN_PENALTY = 10.0;

    private final Trie pieces;
    private final double[] scores;
    private final double unknownScore;
    private final ByteFallback fallback;
    private final int unknown;
    private final boolean singlePrecision;

    /**
     * @param scores of all ids
     * @param worst score of the worst piece
     * @param singlePrecision whether sums are rounded to float, as the sentencepiece library does
     */
    UnigramModel(
            Trie pieces, double[] scores, double worst, ByteFallback fallback, int unknown, boolean singlePrecision) {
        this.pieces = pieces;
        this.scores = scores;
        double penalised = worst - UNKNOWN_PENALTY;
        this.unknownScore = singlePrecision ? (float) penalised : penalised;
        this.fallback = fallback;
        this.unknown = unknown;
        this.singlePrecision = singlePrecision;
    }

    @Override
    public void encode(int[] text, int start, int end, Encoding out) {
        int length = end - start;
        double[] best = new double[length + 1];
        int[] ids = new int[length + 1];
        int[] from = new int[length + 1];
        Arrays.fill(from, -1);
        for (int i = 0; i < length; i++) {
            boolean single = false;
            int node = pieces.child(Trie.ROOT, text[start + i]);
            for (int j = i + 1; node != Trie.NONE; j++) {
                int id = pieces.id(node);
                if (id != Trie.NONE) {
                    single |= j == i + 1;
                    offer(best, ids, from, i, j, id, scores[id]);
                }
                node = j < length ? pieces.child(node, text[start + j]) : Trie.NONE;
            }
            if (!single) {
                offer(best, ids, from, i, i + 1, unknown, unknownScore);
            }
        }
        emit(text, start, ids, from, length, out.ids);
    }

    private void offer(double[] best, int[] ids, int[] from, int i, int j, int id, double score) {
        double sum = best[i] + score;
        double candidate = singlePrecision ? (float) sum : sum;
        if (from[j] < 0 || candidate > best[j]) {
            best[j] = candidate;
            ids[j] = id;
            from[j] = i;
        }
    }

    private void emit(int[] text, int start, int[] ids, int[] from, int length, IntList out) {
        int[] cuts = new int[length + 1];
        int count = 0;
        for (int at = length; at > 0; at = from[at]) {
            cuts[count++] = at;
        }
        boolean afterUnknown = false;
        for (int c = count - 1; c >= 0; c--) {
            int at = cuts[c];
            if (ids[at] != unknown) {
                out.add(ids[at]);
                afterUnknown = false;
            } else {
                spell(text[start + from[at]], out, afterUnknown);
                afterUnknown = true;
            }
        }
    }

    private void spell(int codePoint, IntList out, boolean afterUnknown) {
        int @Nullable [] bytes = fallback.idsOf(codePoint);
        if (bytes != null) {
            out.addAll(bytes);
        } else if (!afterUnknown) {
            out.add(unknown);
        }
    }
}
