package smelt.planner.catalogue;

/** How a figure came to be known, the most trustworthy first for what a user gets. */
public enum Tier {
    /** As the maker prints it, dense and one way. */
    DATASHEET,
    MEASURED_BY_US,
    MEASURED_BY_OTHERS,
    /** Derived, remembered, or sources differ. */
    ESTIMATE
}
