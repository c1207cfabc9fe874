package smelt.store;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import smelt.base.EditDistance;

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
        return prefix ? 1 : EditDistance.of(word.length() > 200 ? word.substring(0, 200) : word, lower);
    }
}
