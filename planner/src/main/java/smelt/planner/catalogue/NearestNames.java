package smelt.planner.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import smelt.base.EditDistance;

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

    /** What the known name has beyond the other costs half: users leave out much. */
    private static int distance(String typed, String known) {
        return EditDistance.of(typed, known, 1, 2);
    }
}
