package smelt.tokenizer;

import java.util.Arrays;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Which two tokens join to which, and in what order of preference. */
final class MergeRanks implements Merging.Pairs {
    private final PieceTable pieces;
    private final String continuation;
    private final boolean keepFirst;
    private final LongIntMap ranks;
    private int[] products;
    private int size;

    /**
     * @param continuation prefix of tokens inside a word, which the product does not repeat
     * @param keepFirst whether of two merges of the same pair the earlier counts
     */
    MergeRanks(PieceTable pieces, int expected, String continuation, boolean keepFirst) {
        this.pieces = pieces;
        this.continuation = continuation;
        this.keepFirst = keepFirst;
        this.ranks = new LongIntMap(expected, -1);
        this.products = new int[Math.max(16, expected)];
    }

    /**
     * Adds the next merge in order of preference.
     *
     * @throws Failure MALFORMED where a side or the product is no token
     */
    void add(String left, String right) {
        if (size == products.length) {
            products = Arrays.copyOf(products, size * 2);
        }
        String rest = right.startsWith(continuation) ? right.substring(continuation.length()) : right;
        products[size] = token(left + rest);
        long pair = LongIntMap.pair(token(left), token(right));
        if (!keepFirst || ranks.get(pair) < 0) {
            ranks.put(pair, size);
        }
        size++;
    }

    /** Adds "left right"; a token may begin with the space, but contains none otherwise. */
    void add(String merge) {
        int space = merge.indexOf(' ', 1);
        if (space < 0 || space == merge.length() - 1) {
            throw Failure.of(FailureCode.MALFORMED, "Merge " + size + " '" + merge + "' is no pair of tokens");
        }
        add(merge.substring(0, space), merge.substring(space + 1));
    }

    private int token(String piece) {
        int id = pieces.idOf(piece);
        if (id == PieceTable.NONE) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Merge " + size + " needs the token '" + piece + "', which the vocabulary lacks");
        }
        return id;
    }

    @Override
    public long find(Merging symbols, int left, int right) {
        int rank = ranks.get(LongIntMap.pair(symbols.id(left), symbols.id(right)));
        return rank < 0 ? Merging.NO_PAIR : (long) rank << 32 | products[rank];
    }
}
