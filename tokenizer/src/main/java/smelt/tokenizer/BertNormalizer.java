package smelt.tokenizer;

/**
 * BERT's normaliser.
 *
 * @param clean whether control characters go and whitespace becomes a space
 * @param spaceIdeographs whether spaces are put around CJK ideographs
 * @param stripAccents whether text is decomposed and loses its non-spacing marks
 */
record BertNormalizer(boolean clean, boolean spaceIdeographs, boolean stripAccents, boolean lowercase)
        implements Normalizer {
    private static final CodePointSet CONTROL = RegexClass.property("Cc")
            .union(RegexClass.property("Cf"))
            .union(RegexClass.property("Co"))
            .union(CodePointSet.of(CodePoints.REPLACEMENT))
            .intersect(CodePointSet.ranges('\t', '\n', '\r', '\r').negate());
    private static final CodePointSet NON_SPACING = RegexClass.property("Mn");
    /** The odd start of the seventh range is that of the reference. */
    private static final CodePointSet IDEOGRAPHS = CodePointSet.ranges(
            0x4E00, 0x9FFF, 0x3400, 0x4DBF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740, 0x2B81F, 0x2B920, 0x2CEAF,
            0xF900, 0xFAFF, 0x2F800, 0x2FA1F);

    @Override
    public String apply(String text) {
        String result = clean ? cleaned(text) : text;
        result = spaceIdeographs ? spaced(result) : result;
        if (stripAccents) {
            String decomposed = java.text.Normalizer.normalize(result, java.text.Normalizer.Form.NFD);
            result = Normalizers.without(decomposed, NON_SPACING);
        }
        return lowercase ? Normalizers.lowercase(result) : result;
    }

    private static String cleaned(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().forEach(cp -> {
            if (!CONTROL.contains(cp)) {
                kept.appendCodePoint(CodePointSet.WHITESPACE.contains(cp) ? ' ' : cp);
            }
        });
        return kept.toString();
    }

    private static String spaced(String text) {
        StringBuilder wider = new StringBuilder(text.length());
        text.codePoints().forEach(cp -> {
            if (IDEOGRAPHS.contains(cp)) {
                wider.append(' ').appendCodePoint(cp).append(' ');
            } else {
                wider.appendCodePoint(cp);
            }
        });
        return wider.toString();
    }
}
