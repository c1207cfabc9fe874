package smelt.store;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which known words a mistyped one may have meant. */
public final class Nearest {
    private Nearest() {}

    /** At most {@code count} of {@code known} that are near {@code word}, nearest first; order is kept among equals. */
    public static List<String> of(String word, List<String> known, int count) {
        String lower = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k -> isNear(lower, k))
                .sorted(Comparator.comparingInt((String k) -> score(lower, k)))
                .limit(count)
                .toList();
    }

    private static boolean isNear(String word, String known) {
        return score(word, known) <= Math.max(1, Math.max(word.length(), known.length()) * 2 / 5);
    }

    private static int score(String word, String known) {
        String lower = known.toLowerCase(Locale.ROOT);
        boolean prefix =
                word.length() >= 3 && (lower.startsWith(word) || (lower.length() >= 3 && word.startsWith(lower)));
        return prefix ? 1 : distance(word.length() > 200 ? word.substring(0, 200) : word, lower);
    }

    /** Levenshtein's: the fewest insertions, deletions and replacements. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
