package smelt.planner.catalogue;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Names;
import tools.jackson.databind.JsonNode;

/** All that is known of hardware and prices; immutable. */
public final class Catalogue {
    /** Prices move faster than anything else here: older ones are told to be stale. */
    public static final int PRICE_DAYS = 180;

    private static final List<String> FILES = List.of(
            "devices-gpu.json",
            "devices-accelerator.json",
            "devices-cpu.json",
            "devices-desktop.json",
            "offers.json",
            "purchases.json",
            "api-prices.json");

    private static final int NEAREST = 3;

    /** Made on first use: commands that plan nothing do not read it. */
    private static final class BuiltIn {
        private static final Catalogue CATALOGUE = read();

        private BuiltIn() {}

        private static Catalogue read() {
            Catalogue catalogue = new Catalogue(Map.of(), Map.of(), Map.of(), Map.of());
            for (String file : FILES) {
                catalogue = catalogue.merged(JsonFile.resource(file), new Origins.Strict());
            }
            return catalogue;
        }
    }

    private final Map<String, Device> devices;
    private final Map<List<Object>, Offer> offers;
    private final Map<String, Purchase> purchases;
    private final Map<List<Object>, ApiPrice> apiPrices;
    private final Map<String, Device> byName = new LinkedHashMap<>();

    private Catalogue(
            Map<String, Device> devices,
            Map<List<Object>, Offer> offers,
            Map<String, Purchase> purchases,
            Map<List<Object>, ApiPrice> apiPrices) {
        this.devices = devices;
        this.offers = offers;
        this.purchases = purchases;
        this.apiPrices = apiPrices;
        devices.values().forEach(device -> byName.put(DeviceNames.key(device.name()), device));
        devices.values()
                .forEach(device ->
                        device.aliases().forEach(alias -> byName.putIfAbsent(DeviceNames.key(alias), device)));
    }

    /** What comes with smelt. */
    public static Catalogue builtIn() {
        return BuiltIn.CATALOGUE;
    }

    /**
     * This one with what a file adds or replaces. A catalogue file has the sections {@code devices}, {@code offers},
     * {@code purchases} and {@code api_prices}; of a device that is known already it may give some fields only. What
     * {@code smelt doctor --json} says becomes the device {@code this-machine}. Figures without an origin are the
     * file's own, of the day it was changed.
     *
     * @throws Failure naming the file, the entry and the field: MALFORMED for unknown fields, prices that are not above
     *     zero and figures that cannot be; NOT_FOUND for a device that there is none of
     */
    public Catalogue with(Path userFile) {
        JsonNode file = JsonFile.read(userFile);
        try {
            if (DoctorReader.isDoctor(file)) {
                Device machine = DoctorReader.device(file, Origins.modified(userFile));
                Map<String, Device> more = new LinkedHashMap<>(devices);
                more.put(DeviceNames.key(machine.name()), machine);
                return new Catalogue(more, offers, purchases, apiPrices);
            }
            return merged(file, Origins.ofFile(userFile));
        } catch (Failure e) {
            throw e.in(userFile.toString());
        }
    }

    /** This one with another device, or another of that name. */
    public Catalogue with(Device device) {
        Map<String, Device> more = new LinkedHashMap<>(devices);
        more.put(DeviceNames.key(device.name()), device);
        return new Catalogue(more, offers, purchases, apiPrices);
    }

    private Catalogue merged(JsonNode file, Origins origins) {
        CatalogueReader reader = new CatalogueReader(file, origins);
        Map<String, Device> allDevices = new LinkedHashMap<>(devices);
        reader.devices(name -> byName.get(DeviceNames.key(name)))
                .forEach(device -> allDevices.put(DeviceNames.key(device.name()), device));
        Catalogue known = new Catalogue(allDevices, Map.of(), Map.of(), Map.of());
        Map<List<Object>, Offer> allOffers = new LinkedHashMap<>(offers);
        reader.offers(known::device)
                .forEach(o -> allOffers.put(List.of(o.seller(), o.instance(), o.device(), o.terms(), o.region()), o));
        Map<String, Purchase> allPurchases = new LinkedHashMap<>(purchases);
        reader.purchases(known::device).forEach(p -> allPurchases.put(p.device(), p));
        Map<List<Object>, ApiPrice> allPrices = new LinkedHashMap<>(apiPrices);
        reader.apiPrices().forEach(p -> allPrices.put(List.of(p.model(), p.seller()), p));
        return new Catalogue(allDevices, allOffers, allPurchases, allPrices);
    }

    /**
     * The device of that name or alias; case, punctuation and the maker's name do not matter.
     *
     * @throws Failure NOT_FOUND with the nearest names where there is none
     */
    public Device device(String name) {
        Device found = byName.get(DeviceNames.key(name));
        if (found == null) {
            Collection<String> names =
                    devices.values().stream().map(Device::name).toList();
            throw Failure.of(
                            FailureCode.NOT_FOUND,
                            "There is no device " + Names.quoted(name)
                                    + " in the catalogue; the nearest are "
                                    + String.join(", ", NearestNames.to(name, names, NEAREST)))
                    .withNextStep("name one of these, or describe it in a catalogue file");
        }
        return found;
    }

    public List<Device> devices() {
        return List.copyOf(devices.values());
    }

    public List<Offer> offers() {
        return List.copyOf(offers.values());
    }

    public List<Purchase> purchases() {
        return List.copyOf(purchases.values());
    }

    public List<ApiPrice> apiPrices() {
        return List.copyOf(apiPrices.values());
    }

    /** Prices of more than {@link #PRICE_DAYS} days before {@code today}. */
    public List<Figure> stale(LocalDate today) {
        return prices().filter(price -> isStale(price, today)).toList();
    }

    /** Whether a price is of more than {@link #PRICE_DAYS} days before {@code today}. */
    public static boolean isStale(Figure price, LocalDate today) {
        return price.date().isBefore(today.minusDays(PRICE_DAYS));
    }

    private Stream<Figure> prices() {
        return Stream.of(
                        offers.values().stream().map(Offer::dollarsPerHour),
                        purchases.values().stream().flatMap(p -> Stream.of(p.dollars(), p.hostDollarsPerDevice())),
                        apiPrices.values().stream()
                                .flatMap(
                                        p -> Stream.of(p.inputPerMillion(), p.cachedPerMillion(), p.outputPerMillion()))
                                .filter(Objects::nonNull))
                .flatMap(figures -> figures);
    }
}
