package smelt.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The character map as the tokenizers library applies it: a grapheme of fewer than six bytes is replaced as a whole by
 * what its shortest known beginning stands for, else its characters one by one.
 */
record PrecompiledNormalizer(CharsMap map) implements Normalizer {
    private static final Pattern GRAPHEME = Pattern.compile("\\X");
    private static final int LONGEST_GRAPHEME = 6;

    @Override
    public String apply(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Matcher graphemes = GRAPHEME.matcher(text);
        while (graphemes.find()) {
            int[] grapheme = CodePoints.of(graphemes.group());
            int bytes = 0;
            for (int cp : grapheme) {
                bytes += CodePoints.utf8Length(cp);
            }
            CharsMap.Match whole =
                    bytes < LONGEST_GRAPHEME ? map.shortest(grapheme, 0, grapheme.length) : CharsMap.Match.NONE;
            if (whole.taken() > 0) {
                out.append(whole.replacement());
            } else {
                appendEach(grapheme, out);
            }
        }
        return out.toString();
    }

    private void appendEach(int[] grapheme, StringBuilder out) {
        for (int i = 0; i < grapheme.length; i++) {
            CharsMap.Match one = map.shortest(grapheme, i, i + 1);
            if (one.taken() > 0) {
                out.append(one.replacement());
            } else {
                out.appendCodePoint(grapheme[i]);
            }
        }
    }
}
