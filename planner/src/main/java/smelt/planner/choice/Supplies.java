package smelt.planner.choice;

import java.util.List;
import java.util.Set;
import smelt.planner.catalogue.Offer;

/**
 * Where machines may come from.
 *
 * @param owned that stand there already
 * @param sellers of machines by the hour, in small letters; empty: all
 * @param terms of renting
 */
public record Supplies(
        List<Supply.Owned> owned, boolean rent, List<String> sellers, boolean buy, Set<Offer.Terms> terms) {
    public Supplies {
        owned = List.copyOf(owned);
        sellers = List.copyOf(sellers);
        terms = Set.copyOf(terms);
    }

    /** All that money can get. */
    Supplies opened() {
        return new Supplies(owned, true, List.of(), true, terms);
    }
}
