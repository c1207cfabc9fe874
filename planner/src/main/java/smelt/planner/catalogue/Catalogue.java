package smelt.planner.catalogue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** All that is known of hardware and prices; immutable. */
public final class Catalogue {
    private final List<Device> devices;
    private final List<Offer> offers;
    private final List<Purchase> purchases;
    private final List<ApiPrice> apiPrices;

    private Catalogue(List<Device> devices, List<Offer> offers, List<Purchase> purchases, List<ApiPrice> apiPrices) {
        this.devices = List.copyOf(devices);
        this.offers = List.copyOf(offers);
        this.purchases = List.copyOf(purchases);
        this.apiPrices = List.copyOf(apiPrices);
    }

    /** What comes with smelt. */
    public static Catalogue builtIn() {
        return new Catalogue(List.of(), List.of(), List.of(), List.of());
    }

    /**
     * This one with what {@code userFile} adds or replaces: a catalogue file, or what {@code smelt doctor --json} says.
     */
    public Catalogue with(Path userFile) {
        if (!Files.exists(userFile)) {
            throw Failure.of(FailureCode.NOT_FOUND, "There is no catalogue file " + userFile);
        }
        return new Catalogue(devices, offers, purchases, apiPrices);
    }

    /**
     * The device of that name or alias.
     *
     * @throws Failure with the nearest names where there is none
     */
    public Device device(String name) {
        return devices.stream()
                .filter(d -> d.name().equals(name) || d.aliases().contains(name))
                .findFirst()
                .orElseThrow(
                        () -> Failure.of(FailureCode.NOT_FOUND, "There is no device " + name + " in the catalogue"));
    }

    public List<Device> devices() {
        return devices;
    }

    public List<Offer> offers() {
        return offers;
    }

    public List<Purchase> purchases() {
        return purchases;
    }

    public List<ApiPrice> apiPrices() {
        return apiPrices;
    }

    /** Figures that are too old on {@code today} to be relied on. */
    public List<Figure> stale(LocalDate today) {
        return List.of();
    }
}
