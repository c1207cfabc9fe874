package smelt.base;

/** How far a text is from another: Levenshtein's distance. */
public final class EditDistance {
    private EditDistance() {}

    /** The fewest insertions, deletions and replacements of characters that make {@code to} of {@code from}. */
    public static int of(String from, String to) {
        return of(from, to, 1, 1);
    }

    /**
     * The least that they cost together. Time grows with the product of the lengths.
     *
     * @param insertion what a character costs that only {@code to} has, at most {@code other}
     * @param other what a character costs that is left out or replaced
     */
    public static int of(String from, String to, int insertion, int other) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j * insertion;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i * other;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : other);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j] + other, row[j - 1] + insertion));
            }
        }
        return row[to.length()];
    }
}
