package smelt.tokenizer.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The only value a template may change in place: {@code set ns.x = ...}. */
final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    Map<String, Object> attributes() {
        return attributes;
    }
}
