package smelt.tokenizer;

import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens of a model. Not copied: the arrays belong to it from construction on.
 *
 * @param pieces text by id; an id that the files leave out has an empty piece
 * @param kinds by id
 * @param table look-up of every piece
 * @param ends ids at which generation stops
 */
record Vocabulary(
        String[] pieces, Kind[] kinds, PieceTable table, OptionalInt bos, OptionalInt eos, Set<Integer> ends) {
    enum Kind {
        NORMAL,
        /** Stands for characters outside the vocabulary. */
        UNKNOWN,
        CONTROL,
        /** Cut out of the text verbatim, but part of plain output. */
        ADDED,
        UNUSED,
        /** {@code <0xNN>}. */
        BYTE;

        /** By the numbers that SentencePiece and GGUF give to types of tokens. */
        static Kind numbered(long type) {
            return switch ((int) type) {
                case 2 -> UNKNOWN;
                case 3 -> CONTROL;
                case 4 -> ADDED;
                case 5 -> UNUSED;
                case 6 -> BYTE;
                default -> NORMAL;
            };
        }
    }

    int size() {
        return pieces.length;
    }

    String piece(int id) {
        return pieces[id];
    }

    Kind kind(int id) {
        return kinds[id];
    }

    OptionalInt idOf(String piece) {
        int id = table.idOf(piece);
        return id == PieceTable.NONE ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
