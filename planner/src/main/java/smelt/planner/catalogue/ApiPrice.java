package smelt.planner.catalogue;

import org.jspecify.annotations.Nullable;

/** What a seller of answers asks, in dollars per million tokens; the cached price may be missing. */
public record ApiPrice(
        String model,
        String seller,
        Figure inputPerMillion,
        @Nullable Figure cachedPerMillion,
        Figure outputPerMillion) {}
