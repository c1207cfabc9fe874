package smelt.planner.catalogue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The sections of one catalogue file. */
final class CatalogueReader {
    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final double GIBI = 1L << 30;

    /** Above anything that is built; a figure beyond it is a slip of units. */
    private static final double MOST_TFLOPS = 1e7;

    private static final double MOST_GIB = 1e6;
    private static final double MOST_GB_PER_SECOND = 1e6;
    private static final double MOST_WATTS = 1e5;
    private static final double MOST_DOLLARS = 1e8;
    private static final int MOST_DEVICES = 1 << 20;

    private final Entry file;

    CatalogueReader(JsonNode file, Origins origins) {
        this.file = new Entry(file, "the file", origins);
        this.file.allow(Set.of("$schema", "origin", "devices", "offers", "purchases", "api_prices"));
    }

    /** @param known what fields that are missing are taken from, or null */
    List<Device> devices(Function<String, @Nullable Device> known) {
        List<Device> devices = new ArrayList<>();
        for (Entry entry : file.entries("devices")) {
            Device former = known.apply(entry.text("name"));
            devices.add(former == null ? device(entry) : changed(entry, former));
        }
        return devices;
    }

    private static final Set<String> DEVICE_FIELDS = Set.of(
            "name", "aliases", "kind", "origin", "tflops", "memory_gib", "bandwidth_gb_per_second", "links", "watts");

    private static Device device(Entry entry) {
        entry.allow(DEVICE_FIELDS);
        Map<Precision, Figure> flops = flops(entry);
        if (flops.isEmpty()) {
            throw entry.wrong("tflops", "must name one peak at least");
        }
        return new Device(
                entry.text("name"),
                entry.texts("aliases"),
                entry.constant("kind", Device.Kind.class),
                flops,
                memory(entry),
                bandwidth(entry),
                links(entry),
                watts(entry));
    }

    private static Device changed(Entry entry, Device former) {
        entry.allow(DEVICE_FIELDS);
        Map<Precision, Figure> flops = new EnumMap<>(Precision.class);
        flops.putAll(former.flops());
        flops.putAll(flops(entry));
        List<String> aliases = new ArrayList<>(former.aliases());
        aliases.addAll(entry.texts("aliases"));
        return new Device(
                former.name(),
                aliases,
                entry.has("kind") ? entry.constant("kind", Device.Kind.class) : former.kind(),
                flops,
                entry.has("memory_gib") ? memory(entry) : former.memoryBytes(),
                entry.has("bandwidth_gb_per_second") ? bandwidth(entry) : former.memoryBandwidth(),
                entry.has("links") ? links(entry) : former.links(),
                entry.has("watts") ? watts(entry) : former.watts());
    }

    private static Figure memory(Entry entry) {
        return entry.above("memory_gib", GIBI, MOST_GIB);
    }

    private static Figure bandwidth(Entry entry) {
        return entry.above("bandwidth_gb_per_second", GIGA, MOST_GB_PER_SECOND);
    }

    private static Figure watts(Entry entry) {
        return entry.above("watts", 1, MOST_WATTS);
    }

    private static Map<Precision, Figure> flops(Entry entry) {
        Map<Precision, Figure> flops = new EnumMap<>(Precision.class);
        if (entry.has("tflops")) {
            Entry peaks = entry.inner("tflops");
            for (String name : peaks.names()) {
                flops.put(peaks.asConstant(name, Precision.class), peaks.above(name, TERA, MOST_TFLOPS));
            }
        }
        return flops;
    }

    private static List<Link> links(Entry entry) {
        List<Link> links = new ArrayList<>();
        for (Entry link : entry.entries("links")) {
            link.allow(Set.of("kind", "gb_per_second", "domain"));
            links.add(new Link(
                    link.constant("kind", Link.Kind.class),
                    link.above("gb_per_second", GIGA, MOST_GB_PER_SECOND),
                    link.count("domain", 2, MOST_DEVICES)));
        }
        links.sort((a, b) ->
                Double.compare(b.bytesPerSecond().value(), a.bytesPerSecond().value()));
        return links;
    }

    List<Offer> offers(Function<String, Device> device) {
        List<Offer> offers = new ArrayList<>();
        for (Entry entry : file.entries("offers")) {
            entry.allow(
                    Set.of("seller", "instance", "device", "devices", "terms", "dollars_per_hour", "region", "origin"));
            offers.add(new Offer(
                    entry.text("seller"),
                    entry.text("instance"),
                    entry.device(device).name(),
                    entry.count("devices", 1, MOST_DEVICES),
                    entry.constant("terms", Offer.Terms.class),
                    entry.above("dollars_per_hour", 1, MOST_DOLLARS),
                    entry.has("region") ? entry.text("region") : ""));
        }
        return offers;
    }

    List<Purchase> purchases(Function<String, Device> device) {
        List<Purchase> purchases = new ArrayList<>();
        for (Entry entry : file.entries("purchases")) {
            entry.allow(Set.of("device", "dollars", "host_dollars_per_device", "origin"));
            purchases.add(new Purchase(
                    entry.device(device).name(),
                    entry.above("dollars", 1, MOST_DOLLARS),
                    entry.notBelowZero("host_dollars_per_device", 1, MOST_DOLLARS)));
        }
        return purchases;
    }

    List<ApiPrice> apiPrices() {
        List<ApiPrice> prices = new ArrayList<>();
        for (Entry entry : file.entries("api_prices")) {
            entry.allow(Set.of(
                    "model", "seller", "input_per_million", "cached_per_million", "output_per_million", "origin"));
            prices.add(new ApiPrice(
                    entry.text("model"),
                    entry.text("seller"),
                    entry.notBelowZero("input_per_million", 1, MOST_DOLLARS),
                    entry.has("cached_per_million") ? entry.notBelowZero("cached_per_million", 1, MOST_DOLLARS) : null,
                    entry.above("output_per_million", 1, MOST_DOLLARS)));
        }
        return prices;
    }
}
