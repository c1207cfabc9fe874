package smelt.engine;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * Holds back exactly the text that may still become a stop string. The stop string that is complete first counts; of
 * several complete at the same character the longest. Pieces are whole code points. For one sequence.
 */
final class StopStrings {
    private static final int MAX_COUNT = 256;
    private static final int MAX_CHARS = 4096;

    private final String[] stops;
    /** Whether the one that is complete is part of the text. */
    private final boolean kept;
    /**
     * {@code borders[s][n]}: length of the longest proper prefix of the first n chars of stop s that is also their end.
     */
    private final int[][] borders;

    /** How many chars at the end of the text are the beginning of each stop. */
    private final int[] matched;

    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopStrings(List<String> stop) {
        this(stop, false);
    }

    /** @param kept whether the stop string that is complete is part of the text */
    StopStrings(List<String> stop, boolean kept) {
        this.kept = kept;
        if (stop.size() > MAX_COUNT) {
            throw Failure.of(FailureCode.LIMIT_EXCEEDED, stop.size() + " stop strings are more than " + MAX_COUNT);
        }
        stop.forEach(StopStrings::check);
        stops = stop.toArray(String[]::new);
        matched = new int[stops.length];
        borders = new int[stops.length][];
        for (int s = 0; s < stops.length; s++) {
            borders[s] = borders(stops[s]);
        }
    }

    private static void check(String stop) {
        if (stop.isEmpty() || stop.length() > MAX_CHARS) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "A stop string must have 1 to " + MAX_CHARS + " characters but has " + stop.length());
        }
        if (stop.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A stop string holds half a surrogate pair");
        }
    }

    private static int[] borders(String stop) {
        int[] border = new int[stop.length() + 1];
        for (int n = 2, length = 0; n <= stop.length(); n++) {
            while (length > 0 && stop.charAt(length) != stop.charAt(n - 1)) {
                length = border[length];
            }
            if (stop.charAt(length) == stop.charAt(n - 1)) {
                length++;
            }
            border[n] = length;
        }
        return border;
    }

    /** The text that is certain after {@code piece}; up to the stop string, or its end, where one is now complete. */
    String push(String piece) {
        if (stops.length == 0) {
            return piece;
        }
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            int complete = advance(piece.charAt(i));
            if (complete > 0) {
                stopped = true;
                String text = held.substring(0, kept ? held.length() : held.length() - complete);
                held.setLength(0);
                return text;
            }
        }
        return release(held.length() - longestMatch());
    }

    boolean stopped() {
        return stopped;
    }

    /** What was held back and turned out to be no stop string. */
    String flush() {
        return release(held.length());
    }

    private String release(int chars) {
        String text = held.substring(0, chars);
        held.delete(0, chars);
        return text;
    }

    /** Length of the longest stop that ends with {@code c}; 0 where none does. */
    private int advance(char c) {
        int complete = 0;
        for (int s = 0; s < stops.length; s++) {
            String stop = stops[s];
            int length = matched[s];
            while (length > 0 && stop.charAt(length) != c) {
                length = borders[s][length];
            }
            matched[s] = stop.charAt(length) == c ? length + 1 : 0;
            if (matched[s] == stop.length()) {
                complete = Math.max(complete, stop.length());
            }
        }
        return complete;
    }

    private int longestMatch() {
        int longest = 0;
        for (int length : matched) {
            longest = Math.max(longest, length);
        }
        return longest;
    }
}
