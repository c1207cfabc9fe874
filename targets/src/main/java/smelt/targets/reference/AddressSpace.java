package smelt.targets.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Native memory by address, limited to the segments that were made known; a kernel that strays is a failure. */
public final class AddressSpace {
    private static final MemorySegment ALL = MemorySegment.ofAddress(0).reinterpret(Long.MAX_VALUE);

    private final TreeMap<Long, Long> ends = new TreeMap<>();
    private long lastBegin;
    private long lastEnd;

    /** Allows access to a native segment, which the caller keeps alive. */
    public void add(MemorySegment segment) {
        ends.put(segment.address(), segment.address() + segment.byteSize());
    }

    /** All of memory, of which {@code bytes} from {@code address} on may be touched. */
    private MemorySegment at(long address, int bytes) {
        if (address >= lastBegin && address + bytes <= lastEnd) {
            return ALL;
        }
        Map.Entry<Long, Long> segment = ends.floorEntry(address);
        if (segment == null || address + bytes > segment.getValue()) {
            throw Failure.of(
                    FailureCode.INTERNAL,
                    "A kernel touches " + bytes + " bytes at 0x" + Long.toHexString(address) + ", outside its memory");
        }
        lastBegin = segment.getKey();
        lastEnd = segment.getValue();
        return ALL;
    }

    float readFloat(long address) {
        return at(address, 4).get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
    }

    int readInt(long address) {
        return at(address, 4).get(ValueLayout.JAVA_INT_UNALIGNED, address);
    }

    long readLong(long address) {
        return at(address, 8).get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    short readShort(long address) {
        return at(address, 2).get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
    }

    byte readByte(long address) {
        return at(address, 1).get(ValueLayout.JAVA_BYTE, address);
    }

    void write(long address, float value) {
        at(address, 4).set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
    }

    void write(long address, int value) {
        at(address, 4).set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
    }

    void write(long address, long value) {
        at(address, 8).set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    void write(long address, short value) {
        at(address, 2).set(ValueLayout.JAVA_SHORT_UNALIGNED, address, value);
    }

    void write(long address, byte value) {
        at(address, 1).set(ValueLayout.JAVA_BYTE, address, value);
    }
}
