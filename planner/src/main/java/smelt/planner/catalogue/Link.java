package smelt.planner.catalogue;

/**
 * How devices reach each other.
 *
 * @param bytesPerSecond one way, per device
 * @param domain devices that it joins
 */
public record Link(Kind kind, Figure bytesPerSecond, int domain) {
    public enum Kind {
        NVLINK,
        PCIE_PEER,
        /** Through the memory of the host: no peer access. */
        PCIE_HOST,
        INFINITY_FABRIC,
        ICI,
        UPI,
        ETHERNET,
        OTHER
    }
}
