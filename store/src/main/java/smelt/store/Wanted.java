package smelt.store;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A model to be had.
 *
 * @param name what people type
 * @param folder where it lies below the store's root; one readable part, the same for the same name
 * @param licence where the catalogue knows it
 * @param sources tried in this order
 */
record Wanted(String name, String folder, Optional<String> licence, List<Source> sources) {
    static Wanted of(Catalogue.Entry entry) {
        List<Source> sources =
                entry.sources().stream().map(s -> Source.parse(s).orElseThrow()).toList();
        return new Wanted(entry.name(), folderOf(entry.name()), Optional.of(entry.licence()), sources);
    }

    static Wanted of(Source source) {
        String name = source instanceof Source.Web web ? Addresses.shown(web.address()) : source.text();
        return new Wanted(name, folderOf(name), Optional.empty(), List.of(source));
    }

    /** Letters, digits, dots and dashes; where that loses something, a digest of the name keeps folders apart. */
    static String folderOf(String name) {
        String readable = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[.-]+", "");
        if (readable.equals(name) && name.length() <= 100) {
            return name;
        }
        byte[] digest = Parts.sha256().digest(name.getBytes(StandardCharsets.UTF_8));
        String end = readable.substring(Math.max(0, readable.length() - 100)).replaceFirst("^[.-]+", "");
        return end + "-" + HexFormat.of().formatHex(digest, 0, 4);
    }
}
