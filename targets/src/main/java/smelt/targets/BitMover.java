package smelt.targets;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import smelt.base.NativeMemory;

/** Moves bits of 16 rows, which lie one after another, to 16 lanes. Any number of threads may use one at once. */
public interface BitMover extends AutoCloseable {
    int ROWS = 16;

    /** Bytes before the first row and after the last one that are read, whatever they hold. */
    int MARGIN = 64;

    /**
     * Moves all blocks of 16 rows.
     *
     * @param rows memory outside the heap; the first row begins {@link #MARGIN} bytes after its begin
     * @param stride bytes from one row to the next
     * @param target memory outside the heap, where the first block goes
     */
    void move(MemorySegment rows, long stride, Table table, long blocks, MemorySegment target);

    /** Nobody may use it any more. */
    @Override
    void close();

    /**
     * Bits of a block of each row that become bits of an element of each lane.
     *
     * @param from the bit of the block, which may be negative, that becomes bit 0 of the element
     * @param mask those of the 32 bits from there on that are taken
     * @param flip the element's bits that are flipped, or constants
     * @param joins whether they are added to those of the move before, which is part of the same element
     * @param size bytes of the element: 4, 2 or 1
     * @param to byte of the target at which the first block's element of lane 0 lies; the others' follow it
     * @param step bytes from there to the next block's
     */
    record Move(int from, int mask, int flip, boolean joins, int size, int to, int step) {
        int word() {
            return Math.floorDiv(from, Integer.SIZE);
        }
    }

    /**
     * Moves as native code reads them. Four longs: how many moves, bytes of a block, the byte of a block at which its
     * first word of interest begins, how many words there are; then for each move eight ints: the byte of its word
     * among the words of 16 rows, shift, mask, flip, size where it ends its element and else 0, to, step, all ones
     * where it joins and else 0.
     */
    record Table(NativeMemory memory) implements AutoCloseable {
        private static final int HEADER_BYTES = 32;
        private static final int INTS = 8;
        private static final int WORD_BYTES = 4;

        /** {@code moves}: by element; those of one element follow each other. */
        public static Table of(int blockBytes, List<Move> moves) {
            int first = moves.stream().mapToInt(Move::word).min().orElse(0);
            int last = moves.stream().mapToInt(Move::word).max().orElse(0);
            NativeMemory memory =
                    NativeMemory.allocate(HEADER_BYTES + (long) moves.size() * INTS * WORD_BYTES, "a table of moves");
            MemorySegment segment = memory.segment();
            long[] header = {moves.size(), blockBytes, (long) first * WORD_BYTES, last - first + 2};
            MemorySegment.copy(header, 0, segment, ValueLayout.JAVA_LONG, 0, header.length);
            for (int i = 0; i < moves.size(); i++) {
                Move move = moves.get(i);
                boolean ends = i + 1 == moves.size() || !moves.get(i + 1).joins;
                int[] ints = {
                    (move.word() - first) * WORD_BYTES * ROWS,
                    Math.floorMod(move.from, Integer.SIZE),
                    move.mask,
                    move.flip,
                    ends ? move.size : 0,
                    move.to,
                    move.step,
                    move.joins ? -1 : 0
                };
                long at = HEADER_BYTES + (long) i * INTS * WORD_BYTES;
                MemorySegment.copy(ints, 0, segment, ValueLayout.JAVA_INT, at, INTS);
            }
            return new Table(memory);
        }

        /** Of one row. */
        public int blockBytes() {
            return (int) memory.segment().get(ValueLayout.JAVA_LONG, 8);
        }

        public long address() {
            return memory.segment().address();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
