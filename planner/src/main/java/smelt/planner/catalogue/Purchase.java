package smelt.planner.catalogue;

/**
 * What a device costs to own.
 *
 * @param device name in the catalogue
 * @param dollars per device
 * @param hostDollarsPerDevice the device's share of chassis, processors, memory and network
 */
public record Purchase(String device, Figure dollars, Figure hostDollarsPerDevice) {}
