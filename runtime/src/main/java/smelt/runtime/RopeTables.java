package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.graph.Attr;

/**
 * Cosines and signed sines of every position, computed once in double by StrictMath, so that they are the same
 * everywhere; filled as sequences grow.
 */
final class RopeTables {
    private static final int FILL_POSITIONS = 256;

    private final Map<Attr.Rope, NativeMemory> tables = new LinkedHashMap<>();
    private final int contextLength;
    private int filled;

    RopeTables(List<Attr.Rope> ropes, int contextLength, Owned owned) {
        this.contextLength = contextLength;
        for (Attr.Rope rope : ropes) {
            tables.put(rope, owned.allocate(bytes(rope, contextLength), "rotary positions"));
        }
        fillTo(1);
    }

    static long bytes(Attr.Rope rope, int contextLength) {
        return (long) contextLength * rowBytes(rope);
    }

    private static int rowBytes(Attr.Rope rope) {
        return rope.inverseFrequencies().size() * 4 * Float.BYTES;
    }

    MemorySegment of(Attr.Rope rope) {
        return Objects.requireNonNull(tables.get(rope)).segment();
    }

    List<MemorySegment> segments() {
        return tables.values().stream().map(NativeMemory::segment).toList();
    }

    /** Makes positions below {@code end} ready. */
    void fillTo(int end) {
        if (end <= filled) {
            return;
        }
        int target = Math.min(contextLength, (end + FILL_POSITIONS - 1) / FILL_POSITIONS * FILL_POSITIONS);
        tables.forEach((rope, memory) -> {
            for (int position = filled; position < target; position++) {
                fill(rope, memory.segment(), position);
            }
        });
        filled = target;
    }

    private static void fill(Attr.Rope rope, MemorySegment table, int position) {
        int half = rope.inverseFrequencies().size();
        long row = (long) position * rowBytes(rope);
        for (int i = 0; i < half; i++) {
            double angle = position * rope.inverseFrequencies().get(i);
            float cosine = (float) (StrictMath.cos(angle) * rope.magnitude());
            float sine = (float) (StrictMath.sin(angle) * rope.magnitude());
            boolean adjacent = rope.pairing() == Attr.Rope.Pairing.ADJACENT;
            int first = adjacent ? 2 * i : i;
            int second = adjacent ? 2 * i + 1 : i + half;
            put(table, row, first, cosine);
            put(table, row, second, cosine);
            put(table, row, 2 * half + first, -sine);
            put(table, row, 2 * half + second, sine);
        }
    }

    private static void put(MemorySegment table, long row, int column, float value) {
        table.set(ValueLayout.JAVA_FLOAT, row + column * 4L, value);
    }
}
