package smelt.planner.catalogue;

/**
 * What can be rented by the hour.
 *
 * @param device name in the catalogue
 * @param devices in one instance
 * @param dollarsPerHour of the whole instance
 */
public record Offer(
        String seller, String instance, String device, int devices, Terms terms, Figure dollarsPerHour, String region) {
    public enum Terms {
        ON_DEMAND,
        SPOT,
        RESERVED_1Y,
        RESERVED_3Y
    }
}
