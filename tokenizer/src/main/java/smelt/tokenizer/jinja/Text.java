package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Strings as Python counts them: by code point, with its notions of space, line and case. */
final class Text {
    private Text() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The char index of code point {@code index}. */
    static int offset(String text, int index) {
        return text.offsetByCodePoints(0, index);
    }

    static boolean isSpace(int c) {
        if (c < 128) {
            return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
        }
        return c == 0x85 || Character.isSpaceChar(c);
    }

    private static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Without the leading and trailing spaces, or the characters of {@code chars} where it is not empty. */
    static String strip(String text, String chars, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && isStripped(text.codePointAt(from), chars)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && isStripped(text.codePointBefore(to), chars)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static boolean isStripped(int codePoint, String chars) {
        return chars.isEmpty() ? isSpace(codePoint) : chars.indexOf(codePoint) >= 0;
    }

    /** Between runs of space; the rest stays whole after {@code limit} splits where that is not negative. */
    static List<Object> words(String text, long limit) {
        List<Object> words = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < text.length() && isSpace(text.charAt(i))) {
                i++;
            }
            if (i == text.length()) {
                return words;
            }
            if (words.size() == limit) {
                words.add(text.substring(i));
                return words;
            }
            int start = i;
            while (i < text.length() && !isSpace(text.charAt(i))) {
                i++;
            }
            words.add(text.substring(start, i));
        }
    }

    /** As {@link #words}, splitting from the right. */
    static List<Object> wordsFromRight(String text, long limit) {
        List<Object> words = new ArrayList<>();
        int i = text.length();
        while (true) {
            while (i > 0 && isSpace(text.charAt(i - 1))) {
                i--;
            }
            if (i == 0) {
                return words.reversed();
            }
            if (words.size() == limit) {
                words.add(text.substring(0, i));
                return words.reversed();
            }
            int end = i;
            while (i > 0 && !isSpace(text.charAt(i - 1))) {
                i--;
            }
            words.add(text.substring(i, end));
        }
    }

    static List<Object> split(String text, String separator, long limit) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        while (limit < 0 || parts.size() < limit) {
            int at = text.indexOf(separator, from);
            if (at < 0) {
                break;
            }
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    static List<Object> splitFromRight(String text, String separator, long limit) {
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        while (limit < 0 || parts.size() < limit) {
            int at = text.lastIndexOf(separator, to - separator.length());
            if (at < 0 || to < separator.length()) {
                break;
            }
            parts.add(text.substring(at + separator.length(), to));
            to = at;
        }
        parts.add(text.substring(0, to));
        return parts.reversed();
    }

    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (isLineEnd(c)) {
                int end = i - 1;
                if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
                    i++;
                }
                lines.add(text.substring(from, keepEnds ? i : end));
                from = i;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    /**
     * The first {@code limit} occurrences, all where it is negative; an empty {@code old} stands between characters.
     */
    static String replace(String text, String old, String replacement, long limit) {
        if (limit < 0 && !old.isEmpty()) {
            return text.replace(old, replacement);
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        long left = limit < 0 ? Long.MAX_VALUE : limit;
        while (left-- > 0) {
            int at = text.indexOf(old, from);
            if (at < 0) {
                break;
            }
            out.append(text, from, at).append(replacement);
            from = at + old.length();
            if (old.isEmpty()) {
                if (from == text.length()) {
                    break;
                }
                out.appendCodePoint(text.codePointAt(from));
                from += Character.charCount(text.codePointAt(from));
            }
        }
        return out.append(text, Math.min(from, text.length()), text.length()).toString();
    }

    static int count(String text, String part) {
        if (part.isEmpty()) {
            return length(text) + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    static String reverse(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return titleCase(text.codePointAt(0)) + lower(text.substring(first));
    }

    private static String titleCase(int codePoint) {
        String upper = Character.toString(codePoint).toUpperCase(Locale.ROOT);
        // A character with several upper-case letters (ß) keeps only the first of them in upper case.
        return upper.length() > 1 && upper.codePointCount(0, upper.length()) > 1
                ? upper.charAt(0) + lower(upper.substring(1))
                : Character.toString(Character.toTitleCase(codePoint));
    }

    /** Words, as runs of letters, with a capital first. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            boolean cased = isCased(c);
            if (!cased) {
                out.appendCodePoint(c);
            } else {
                out.append(inWord ? lower(Character.toString(c)) : titleCase(c));
            }
            inWord = cased;
        }
        return out.toString();
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(Character.isUpperCase(c) ? lower(one) : upper(one));
        });
        return out.toString();
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** Whether it has cased letters and all of them have the same case. */
    static boolean isAllCase(String text, boolean upper) {
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            if (isCased(c)) {
                if (Character.isUpperCase(c) != upper || Character.isTitleCase(c)) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    static boolean isTitle(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (capital && inWord || Character.isLowerCase(c) && !inWord) {
                return false;
            }
            inWord = isCased(c);
            any |= inWord;
        }
        return any;
    }
}
