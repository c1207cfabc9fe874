package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import smelt.targets.BitMover;

/**
 * Packs whole panels by a target's own code. Rows are copied before it reads them: where the file cannot be read the
 * copy fails, while native code would end the process.
 *
 * @param rows memory for 16 rows and the mover's margins
 * @param others packs panels of fewer rows
 */
record NativePacker(
        BitMover mover,
        BitMover.Table table,
        PanelPacker.MatrixSource source,
        int rowBytes,
        MemorySegment rows,
        Supplier<MatrixPacker> others)
        implements MatrixPacker {
    @Override
    public void pack(long first, int count, MemorySegment target) {
        if (count < BitMover.ROWS) {
            others.get().pack(first, count, target);
            return;
        }
        source.copyRows(first, count, rowBytes, rows, BitMover.MARGIN);
        mover.move(rows, rowBytes, table, rowBytes / table.blockBytes(), target);
    }
}
