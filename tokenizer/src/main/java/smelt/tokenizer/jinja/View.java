package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict give: iterable and sized, not indexable. */
record View(String kind, List<Object> elements) {
    static View keys(Map<?, ?> map) {
        return new View("dict_keys", new ArrayList<>(map.keySet()));
    }

    static View values(Map<?, ?> map) {
        return new View("dict_values", new ArrayList<>(map.values()));
    }

    static View items(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>(map.size());
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return new View("dict_items", pairs);
    }
}
