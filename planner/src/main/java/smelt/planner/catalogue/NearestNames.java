package smelt.planner.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names a reader may have meant. */
public final class NearestNames {
    /** What users type is compared in full up to here. */
    private static final int COMPARED = 100;

    private NearestNames() {}

    /** At most {@code count} of {@code known}, the nearest first; case, spaces and punctuation count nothing. */
    public static List<String> to(String name, Collection<String> known, int count) {
        String wanted = letters(name);
        return known.stream()
                .distinct()
                .sorted(Comparator.comparingInt((String other) -> distance(wanted, letters(other)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(count)
                .toList();
    }

    private static String letters(String name) {
        String clipped = name.length() <= COMPARED ? name : name.substring(0, COMPARED);
        return clipped.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Levenshtein's, but what the longer name has beyond the other costs half: users leave out much. */
    private static int distance(String typed, String known) {
        int[] row = new int[known.length() + 1];
        for (int j = 0; j <= known.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= typed.length(); i++) {
            int diagonal = row[0];
            row[0] = 2 * i;
            for (int j = 1; j <= known.length(); j++) {
                int replaced = diagonal + (typed.charAt(i - 1) == known.charAt(j - 1) ? 0 : 2);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j] + 2, row[j - 1] + 1));
            }
        }
        return row[known.length()];
    }
}
