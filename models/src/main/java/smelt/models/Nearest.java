package smelt.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import smelt.base.EditDistance;

/** The name a reader may have meant. */
final class Nearest {
    /** Names come from files, so both bounds guard the time of a hostile one. */
    private static final int COMPARED_CHARACTERS = 100;

    private static final int COMPARED_NAMES = 5_000;

    private Nearest() {}

    static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .limit(COMPARED_NAMES)
                .min(Comparator.comparingInt((String other) -> EditDistance.of(clip(name), clip(other)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    static String clip(String name) {
        return name.length() <= COMPARED_CHARACTERS ? name : name.substring(0, COMPARED_CHARACTERS) + "...";
    }
}
