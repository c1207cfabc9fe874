package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.DType;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.compiler.PanelLayout;
import smelt.targets.BitMover;

/** What packs matrices of each type: a target's own code where bits are all that has to move, else Java. */
final class Packers implements AutoCloseable {
    /** Plain floats that are moved as one block. */
    private static final int FLOATS = 16;

    private final Owned owned = new Owned();
    private final Optional<BitMover> mover;
    private final Map<DType, BlockMoves> moves = new HashMap<>();
    private final Map<Blocks, BitMover.Table> tables = new HashMap<>();
    private long rowBytes;

    private record Blocks(DType dtype, int together) {}

    /** @param mover is closed with this */
    Packers(Optional<BitMover> mover) {
        this.mover = mover;
        mover.ifPresent(ofTarget -> owned.add(ofTarget, BitMover::close));
    }

    /** Matrices of this kind will be packed. */
    void expect(DType dtype, PanelLayout layout) {
        BlockMoves ofType = moves.computeIfAbsent(dtype, BlockMoves::new);
        rowBytes = Math.max(rowBytes, dtype.bytes(layout.columns()));
        if (mover.isPresent() && ofType.allMove()) {
            tables.computeIfAbsent(
                    blocks(dtype, layout),
                    blocks -> owned.add(ofType.table(layout, blocks.together), BitMover.Table::close));
        }
    }

    private static Blocks blocks(DType dtype, PanelLayout layout) {
        boolean many = layout.type().isFloat() && layout.columns() % FLOATS == 0;
        return new Blocks(dtype, many ? FLOATS : 1);
    }

    /** For the rows that one thread copies. */
    NativeMemory rows() {
        return NativeMemory.allocate(BitMover.ROWS * rowBytes + 2 * BitMover.MARGIN, "rows to be packed");
    }

    /** For one thread; {@code rows} are its own. */
    MatrixPacker packer(DType dtype, PanelLayout layout, PanelPacker.MatrixSource source, MemorySegment rows) {
        BlockMoves ofType = Objects.requireNonNull(moves.get(dtype));
        Supplier<MatrixPacker> java = () -> new PanelPacker(layout, ofType, ofType.steps(layout), source);
        BitMover.@Nullable Table table = tables.get(blocks(dtype, layout));
        if (mover.isEmpty() || table == null || source.transposed()) {
            return java.get();
        }
        int bytes = Math.toIntExact(dtype.bytes(layout.columns()));
        return new NativePacker(mover.get(), table, source, bytes, rows, java);
    }

    @Override
    public void close() {
        owned.close();
    }
}
