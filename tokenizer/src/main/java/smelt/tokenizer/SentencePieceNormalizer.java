package smelt.tokenizer;

/**
 * SentencePiece's own normaliser: replacements by the character map, one space between words where so asked, spaces
 * spelt as U+2581 and one put before (or behind) the text.
 *
 * @param verbatim pieces that no replacement touches
 * @param addPrefix whether a space is put before the text, or behind it where {@code asSuffix}
 * @param collapse whether spaces at the ends go and those within become one
 * @param escape whether a space is spelt as U+2581
 */
record SentencePieceNormalizer(
        CharsMap map, Trie verbatim, boolean addPrefix, boolean asSuffix, boolean collapse, boolean escape)
        implements Normalizer {
    private static final String MARK = "\u2581";

    @Override
    public String apply(String text) {
        int[] points = CodePoints.of(text);
        StringBuilder out = new StringBuilder(text.length() + 16);
        String space = escape ? MARK : " ";
        int at = 0;
        boolean afterSpace = collapse;
        while (at < points.length) {
            CharsMap.Match match = match(points, at);
            String part = match.replacement();
            int skipped = 0;
            while (afterSpace && skipped < part.length() && part.charAt(skipped) == ' ') {
                skipped++;
            }
            if (skipped < part.length()) {
                out.append(out.isEmpty() && addPrefix && !asSuffix ? space : "")
                        .append(part.substring(skipped).replace(" ", space));
                afterSpace = collapse && part.endsWith(" ");
            }
            at += match.taken();
        }
        while (collapse && !out.isEmpty() && out.charAt(out.length() - 1) == space.charAt(0)) {
            out.setLength(out.length() - 1);
        }
        return out.append(!out.isEmpty() && addPrefix && asSuffix ? space : "").toString();
    }

    private CharsMap.Match match(int[] points, int at) {
        int end = verbatimEnd(points, at);
        if (end > at) {
            return new CharsMap.Match(end - at, CodePoints.string(points, at, end));
        }
        CharsMap.Match match = map.longest(points, at, points.length);
        return match.taken() > 0 ? match : new CharsMap.Match(1, Character.toString(points[at]));
    }

    private int verbatimEnd(int[] points, int at) {
        int end = at;
        int node = Trie.ROOT;
        for (int i = at; i < points.length && !verbatim.isEmpty(); i++) {
            node = verbatim.child(node, points[i]);
            if (node == Trie.NONE) {
                break;
            }
            end = verbatim.id(node) == Trie.NONE ? end : i + 1;
        }
        return end;
    }
}
