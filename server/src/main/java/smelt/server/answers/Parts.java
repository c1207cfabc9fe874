package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The parts of an answer as they are read, until somebody takes them. */
final class Parts {
    /** What is certain, of the reader's present kind, and not yet a part. */
    final StringBuilder certain = new StringBuilder();

    private final Function<String, Part> kind;
    private final List<Part> parts = new ArrayList<>();

    /** @param kind what text becomes in the state that its reader is in */
    Parts(Function<String, Part> kind) {
        this.kind = kind;
    }

    /** Makes a part of what is certain: before the reader's state changes. */
    void flush() {
        if (!certain.isEmpty()) {
            String text = certain.toString();
            certain.setLength(0);
            parts.add(kind.apply(text));
        }
    }

    void add(Part part) {
        parts.add(part);
    }

    List<Part> take() {
        flush();
        List<Part> taken = List.copyOf(parts);
        parts.clear();
        return taken;
    }
}
