package smelt.runtime;

import java.lang.foreign.MemorySegment;

/** Packs the rows of one matrix; serves one thread. */
interface MatrixPacker {
    /** Packs {@code count} rows, at most 16, from row {@code first} on to {@code target}, as long as a panel. */
    void pack(long first, int count, MemorySegment target);
}
