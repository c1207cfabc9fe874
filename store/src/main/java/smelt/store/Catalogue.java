package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The models that have a short name; their list is the resource {@code catalogue.json}. */
public final class Catalogue {
    /**
     * One named model.
     *
     * @param aliases other spellings
     * @param about one line for people
     * @param parameters as its publisher says, such as {@code 135M}
     * @param bytes of the download, rounded; the true size is asked before each download
     * @param licence SPDX where it has a name there
     * @param sources tried in this order
     */
    public record Entry(
            String name,
            List<String> aliases,
            String about,
            String parameters,
            long bytes,
            String licence,
            List<String> sources) {}

    private static final Catalogue BUILT_IN = load();

    private final List<Entry> entries;
    private final Map<String, Entry> byName = new LinkedHashMap<>();

    Catalogue(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        for (Entry entry : entries) {
            byName.put(entry.name(), entry);
            entry.aliases().forEach(alias -> byName.put(alias, entry));
        }
    }

    public static Catalogue builtIn() {
        return BUILT_IN;
    }

    public List<Entry> entries() {
        return entries;
    }

    /** By name or alias, in any case of letters. */
    public Optional<Entry> find(String name) {
        return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The best three names like {@code name} among these entries and {@code more}, nearest first. */
    List<String> nearest(String name, List<String> more) {
        List<String> all = new ArrayList<>(byName.keySet());
        all.addAll(more);
        return Nearest.of(name, all.stream().distinct().toList(), 3);
    }

    private static Catalogue load() {
        try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.json")) {
            if (in == null) {
                throw new IllegalStateException("catalogue.json is missing from the build");
            }
            List<Entry> entries = new ArrayList<>();
            if (JsonValues.read(new String(in.readAllBytes(), StandardCharsets.UTF_8)) instanceof List<?> list) {
                list.forEach(entry -> entries.add(entry((Map<?, ?>) entry)));
            }
            return new Catalogue(entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(Map<?, ?> object) {
        return new Entry(
                text(object, "name"),
                texts(object, "aliases"),
                text(object, "about"),
                text(object, "parameters"),
                object.get("bytes") instanceof Long bytes ? bytes : 0,
                text(object, "licence"),
                texts(object, "sources"));
    }

    private static String text(Map<?, ?> object, String name) {
        return Objects.requireNonNull(JsonValues.text(object, name), name);
    }

    private static List<String> texts(Map<?, ?> object, String name) {
        return object.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
