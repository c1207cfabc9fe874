package smelt.planner.choice;

import java.util.List;

/**
 * Where machines may come from.
 *
 * @param owned that stand there already
 * @param sellers of machines by the hour, in small letters; empty: all
 * @param spot whether machines may be taken away at any time
 */
public record Supplies(List<Supply.Owned> owned, boolean rent, List<String> sellers, boolean buy, boolean spot) {
    public Supplies {
        owned = List.copyOf(owned);
        sellers = List.copyOf(sellers);
    }

    /** All that money can get. */
    Supplies opened() {
        return new Supplies(owned, true, List.of(), true, spot);
    }
}
