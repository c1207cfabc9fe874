package smelt.engine.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The control tokens of a vocabulary, by what they spell. */
final class Controls {
    static final Controls NONE = new Controls();

    /** Part of a text that a control token spells, in chars. */
    record Occurrence(int token, int length) {}

    private final Map<Character, List<Spelled>> byFirst = new HashMap<>();

    private record Spelled(String text, int token) {}

    void add(String text, int token) {
        if (!text.isEmpty()) {
            byFirst.computeIfAbsent(text.charAt(0), first -> new ArrayList<>()).add(new Spelled(text, token));
        }
    }

    /** Those that {@code text} spells out from {@code at} on. */
    List<Occurrence> at(String text, int at) {
        List<Occurrence> found = new ArrayList<>();
        for (Spelled spelled : byFirst.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(spelled.text, at)) {
                found.add(new Occurrence(spelled.token, spelled.text.length()));
            }
        }
        return found;
    }
}
