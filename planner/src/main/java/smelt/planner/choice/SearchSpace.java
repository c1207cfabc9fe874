package smelt.planner.choice;

import java.util.List;
import smelt.planner.catalogue.Device;
import smelt.planner.model.NumberFormats;

/**
 * What is tried.
 *
 * @param devices that are tried; empty: all
 * @param formats empty: 16 and 8 bits, as each device multiplies them
 * @param engines empty: the usual one of each kind of device
 * @param mostDevices in one deployment of the model
 * @param offload whether weights may lie in the host's memory
 * @param host whose memory that is
 * @param disaggregate whether prompts may have devices of their own
 */
public record SearchSpace(
        List<Device> devices,
        List<NumberFormats> formats,
        List<String> engines,
        int mostDevices,
        boolean offload,
        Device host,
        boolean disaggregate) {
    public SearchSpace {
        devices = List.copyOf(devices);
        formats = List.copyOf(formats);
        engines = List.copyOf(engines);
    }
}
