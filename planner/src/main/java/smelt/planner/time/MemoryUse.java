package smelt.planner.time;

/**
 * Memory of one device.
 *
 * @param availableBytes of the device, for all of these
 * @param kvRoomTokens tokens whose keys and values fit, in the whole deployment
 */
public record MemoryUse(
        long weightBytes,
        long kvBytes,
        long activationBytes,
        long overheadBytes,
        long availableBytes,
        long kvRoomTokens) {}
