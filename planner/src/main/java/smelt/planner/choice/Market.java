package smelt.planner.choice;

import java.time.LocalDate;
import java.util.List;
import smelt.planner.catalogue.ApiPrice;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Figure;
import smelt.planner.catalogue.Offer;
import smelt.planner.catalogue.Purchase;

/**
 * What there is, and what is asked for it.
 *
 * @param stale figures that are too old to be relied on
 */
public record Market(
        List<Device> devices,
        List<Offer> offers,
        List<Purchase> purchases,
        List<ApiPrice> apiPrices,
        List<Figure> stale) {
    public Market {
        devices = List.copyOf(devices);
        offers = List.copyOf(offers);
        purchases = List.copyOf(purchases);
        apiPrices = List.copyOf(apiPrices);
        stale = List.copyOf(stale);
    }

    static Market of(Catalogue catalogue, LocalDate today) {
        return new Market(
                catalogue.devices(),
                catalogue.offers(),
                catalogue.purchases(),
                catalogue.apiPrices(),
                catalogue.stale(today));
    }
}
