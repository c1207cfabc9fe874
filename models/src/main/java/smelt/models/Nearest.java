package smelt.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name a reader may have meant. */
final class Nearest {
    /** Names come from files, so both bounds guard the time of a hostile one. */
    private static final int COMPARED_CHARACTERS = 100;

    private static final int COMPARED_NAMES = 5_000;

    private Nearest() {}

    static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .limit(COMPARED_NAMES)
                .min(Comparator.comparingInt((String other) -> distance(clip(name), clip(other)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    static String clip(String name) {
        return name.length() <= COMPARED_CHARACTERS ? name : name.substring(0, COMPARED_CHARACTERS) + "...";
    }

    /** Levenshtein's: insertions, deletions and replacements. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
