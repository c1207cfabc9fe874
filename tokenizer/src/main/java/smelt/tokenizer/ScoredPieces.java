package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.tokenizer.Vocabulary.Kind;

/** A SentencePiece vocabulary by id. A control token or a byte never comes out of merging or segmenting. */
record ScoredPieces(String[] pieces, Kind[] kinds, float[] scores) {
    SentencePieceMerges merges(boolean byteFallback, int unknown) {
        PieceTable mergeable = new PieceTable(pieces);
        for (int id = 0; id < pieces.length; id++) {
            if (isText(id) && !pieces[id].isEmpty() && !mergeable.add(id)) {
                throw twice(id);
            }
        }
        return new SentencePieceMerges(mergeable, scores, fallback(byteFallback), unknown);
    }

    /**
     * A user-defined piece beats whatever its characters could be segmented into; an unused one is never taken.
     *
     * @param singlePrecision whether sums are floats, as in the sentencepiece library
     */
    UnigramModel unigram(boolean byteFallback, int unknown, boolean singlePrecision) {
        Trie trie = new Trie();
        double[] values = new double[pieces.length];
        double worst = Double.POSITIVE_INFINITY;
        for (int id = 0; id < pieces.length; id++) {
            if (kinds[id] == Kind.NORMAL) {
                worst = Math.min(worst, scores[id]);
            }
        }
        for (int id = 0; id < pieces.length; id++) {
            values[id] = kinds[id] == Kind.ADDED ? 0 : scores[id];
            if (isText(id) && kinds[id] != Kind.UNUSED && !pieces[id].isEmpty()) {
                trie.add(pieces[id], id);
            }
        }
        if (unknown < 0) {
            throw Failure.of(FailureCode.MALFORMED, "A unigram vocabulary needs an unknown token");
        }
        double least = worst == Double.POSITIVE_INFINITY ? 0 : worst;
        return new UnigramModel(trie, values, least, fallback(byteFallback), unknown, singlePrecision);
    }

    Vocabulary vocabulary(OptionalInt bos, OptionalInt eos, List<Integer> ends) {
        PieceTable table = table();
        List<Integer> declared = new ArrayList<>(ends);
        declared.removeIf(id -> id < 0 || id >= pieces.length);
        eos.ifPresent(declared::add);
        return new Vocabulary(pieces, kinds, table, bos, eos, EndTokens.of(table, declared));
    }

    private PieceTable table() {
        PieceTable table = new PieceTable(pieces);
        for (int id = 0; id < pieces.length; id++) {
            if (!table.add(id)) {
                throw twice(id);
            }
        }
        return table;
    }

    private ByteFallback fallback(boolean wanted) {
        return wanted ? ByteFallback.of(table()) : ByteFallback.NONE;
    }

    private boolean isText(int id) {
        return kinds[id] == Kind.NORMAL || kinds[id] == Kind.ADDED || kinds[id] == Kind.UNUSED;
    }

    private Failure twice(int id) {
        return Failure.of(FailureCode.MALFORMED, "Token " + id + " '" + pieces[id] + "' occurs a second time");
    }
}
