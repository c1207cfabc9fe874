package smelt.tokenizer;

/** BERT's WordPiece: the longest piece that begins the word, then the longest that continues it. */
final class WordPieceModel implements Model {
    private final PieceTable pieces;
    private final int[] beginning;
    private final int[] continuing;
    private final int longestWord;
    private final int unknown;

    /**
     * @param beginning what marks pieces that begin a word
     * @param continuing what marks pieces that continue one
     * @param longestWord in code points; a longer word is unknown as a whole
     */
    WordPieceModel(PieceTable pieces, String beginning, String continuing, int longestWord, int unknown) {
        this.pieces = pieces;
        this.beginning = CodePoints.of(beginning);
        this.continuing = CodePoints.of(continuing);
        this.longestWord = longestWord;
        this.unknown = unknown;
    }

    @Override
    public void encode(int[] text, int start, int end, Encoding out) {
        if (end - start > longestWord) {
            out.ids.add(unknown);
            return;
        }
        int before = out.ids.size();
        int at = start;
        while (at < end) {
            int taken = longest(text, at, end, at == start ? beginning : continuing, out.ids);
            if (taken == 0) {
                out.ids.truncate(before);
                out.ids.add(unknown);
                return;
            }
            at += taken;
        }
    }

    private int longest(int[] text, int at, int end, int[] mark, IntList ids) {
        int[] marked = new int[mark.length + Math.min(end - at, pieces.longest())];
        System.arraycopy(mark, 0, marked, 0, mark.length);
        System.arraycopy(text, at, marked, mark.length, marked.length - mark.length);
        for (int length = marked.length; length > mark.length; length--) {
            int id = pieces.idOf(marked, 0, length);
            if (id != PieceTable.NONE) {
                ids.add(id);
                return length - mark.length;
            }
        }
        return 0;
    }
}
