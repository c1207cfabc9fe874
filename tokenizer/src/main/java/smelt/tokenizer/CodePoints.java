package smelt.tokenizer;

import java.util.Arrays;

/** Strings as arrays of code points. */
final class CodePoints {
    static final int REPLACEMENT = 0xFFFD;

    private CodePoints() {}

    /** The code points of {@code text}; a lone surrogate becomes U+FFFD. */
    static int[] of(String text) {
        int[] points = new int[text.length()];
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int cp = c;
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                cp = paired ? Character.toCodePoint(c, text.charAt(++i)) : REPLACEMENT;
            }
            points[size++] = cp;
        }
        return size == points.length ? points : Arrays.copyOf(points, size);
    }

    /** What {@code \\w} means outside of a file's patterns: there it takes in the joiners as well. */
    static boolean isWord(int cp) {
        return RegexClass.WORD.contains(cp) || cp == 0x200C || cp == 0x200D;
    }

    static String string(int[] text, int start, int end) {
        return new String(text, start, end - start);
    }

    /** Bytes of the code point in UTF-8. */
    static int utf8Length(int cp) {
        return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    }

    /** The byte at {@code index} of the code point's {@code length} bytes of UTF-8. */
    static int utf8Byte(int cp, int length, int index) {
        if (length == 1) {
            return cp;
        }
        int bits = cp >>> 6 * (length - 1 - index);
        return index == 0 ? (0xF00 >>> length & 0xFF | bits) & 0xFF : 0x80 | bits & 0x3F;
    }
}
