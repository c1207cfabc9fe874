package smelt.tokenizer;

/** The normalizers of tokenizer.json. */
final class Normalizers {
    private static final CodePointSet MARKS = RegexClass.property("M");

    private Normalizers() {}

    static Normalizer unicode(java.text.Normalizer.Form form) {
        return text -> java.text.Normalizer.normalize(text, form);
    }

    /** Character by character, so no final sigma; only U+0130 becomes two. */
    static String lowercase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(cp -> {
            lower.appendCodePoint(Character.toLowerCase(cp));
            if (cp == 0x130) {
                lower.append('\u0307');
            }
        });
        return lower.toString();
    }

    static String withoutMarks(String text) {
        return without(text, MARKS);
    }

    static String without(String text, CodePointSet set) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(cp -> !set.contains(cp)).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /** No whitespace lies beyond the BMP, so single chars do. */
    static Normalizer strip(boolean left, boolean right) {
        return text -> {
            int start = 0;
            int end = text.length();
            while (left && start < end && CodePointSet.WHITESPACE.contains(text.charAt(start))) {
                start++;
            }
            while (right && end > start && CodePointSet.WHITESPACE.contains(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(start, end);
        };
    }

    static Normalizer prepend(String prefix) {
        return text -> text.isEmpty() ? text : prefix + text;
    }

    static Normalizer replace(Regex pattern, String content) {
        return text -> {
            int[] points = CodePoints.of(text);
            Regex.Matcher matcher = pattern.matcher(points, 0, points.length);
            StringBuilder replaced = new StringBuilder(text.length());
            int done = 0;
            int from = 0;
            while (from <= points.length && matcher.find(from)) {
                replaced.append(CodePoints.string(points, done, matcher.matchStart()))
                        .append(content);
                done = matcher.matchEnd();
                from = done > matcher.matchStart() ? done : done + 1;
            }
            return replaced.append(CodePoints.string(points, done, points.length))
                    .toString();
        };
    }

    static String byteLevel(String text) {
        int[] points = CodePoints.of(text);
        int[] spelt = ByteAlphabet.spell(points, 0, points.length);
        return CodePoints.string(spelt, 0, spelt.length);
    }
}
