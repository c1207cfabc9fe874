package smelt.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import smelt.base.DType;
import smelt.blocks.BlockFormat;
import smelt.compiler.PackedType;
import smelt.compiler.PanelLayout;
import smelt.targets.BitMover;

/** How the bits of one block of one row go into a panel's planes; for plain floats a block is one of them. */
final class BlockMoves {
    private static final int ROWS = PanelLayout.PANEL_ROWS;
    private static final int WORD_BYTES = 4;
    private static final int WORDS_PER_BLOCK = PanelLayout.BLOCK_COLUMNS / WORD_BYTES;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SIGN_OF_F16 = 0x8000;

    private final BlockFormat format;
    private final PackedType type;
    private final boolean codesMove;
    private final boolean scalesMove;
    private final List<BitMoves.Move> base;
    private final List<BitMoves.Move> high;
    private final List<BitMoves.Move> scales;
    private final List<BitMoves.Move> offsets;

    BlockMoves(DType dtype) {
        format = BlockFormat.of(dtype);
        type = PackedType.of(dtype);
        codesMove = type.isFloat() || format.codesAreBits();
        scalesMove = type.isFloat() || format.scaleAt() >= 0;
        base = type.isFloat() ? field(0, elementBytes(), 0) : codesMove ? moves(32, this::base) : List.of();
        high = codesMove && type.highBits() > 0 ? moves(32, this::high) : List.of();
        scales = type.isFloat() ? List.of() : scales(false);
        offsets = hasOffsets() ? scales(true) : List.of();
    }

    BlockFormat format() {
        return format;
    }

    /** False where codes must be computed. */
    boolean codesMove() {
        return codesMove;
    }

    /** False where scales must be computed. */
    boolean scalesMove() {
        return scalesMove;
    }

    /** Bytes of a block of one row. */
    int bytes() {
        return format.type().blockBytes();
    }

    /** Bytes of a plain float. */
    int elementBytes() {
        return type.plain().bytes() / ROWS;
    }

    private boolean hasFactors() {
        return type.scales() == PackedType.ScaleKind.S8;
    }

    private boolean hasOffsets() {
        return type.offsets() != PackedType.ScaleKind.NONE;
    }

    private List<BitMoves.Move> moves(int bits, BitMoves.Decoder decoder) {
        return BitMoves.of(bytes(), bits, decoder);
    }

    private List<BitMoves.Move> scales(boolean ofOffsets) {
        if (!scalesMove) {
            return List.of();
        }
        return hasFactors()
                ? moves(8, block -> factors(block, ofOffsets))
                : field(ofOffsets ? format.offsetAt() : format.scaleAt(), 2, 0);
    }

    /** The one move of a field of {@code bytes}. */
    private static List<BitMoves.Move> field(int at, int bytes, int flip) {
        return List.of(new BitMoves.Move(0, at, 0, (int) ((1L << 8 * bytes) - 1), flip, true));
    }

    private int[] base(byte[] block) {
        return plane(block, 0, type.baseBits());
    }

    private int[] high(byte[] block) {
        return plane(block, type.baseBits(), type.highBits());
    }

    private int[] plane(byte[] block, int shift, int bits) {
        byte[] codes = new byte[format.type().blockElements()];
        format.unpackCodes(block, 0, codes, 0);
        byte[] words = new byte[codes.length * bits / 8];
        for (int from = 0; from < codes.length; from += PanelLayout.BLOCK_COLUMNS) {
            packPlane(codes, from, shift, bits, words, from * bits / 8, WORD_BYTES);
        }
        int[] result = new int[words.length / WORD_BYTES];
        for (int i = 0; i < result.length; i++) {
            result[i] = (int) INT.get(words, WORD_BYTES * i);
        }
        return result;
    }

    /** {@code bits} bits, from bit {@code shift} on, of each of 32 codes: words that lie {@code step} bytes apart. */
    static void packPlane(byte[] codes, int from, int shift, int bits, byte[] panel, int to, int step) {
        int mask = 0x01010101 * ((1 << bits) - 1);
        for (int vector = 0; vector < bits; vector++) {
            int packed = 0;
            for (int word = vector; word < WORDS_PER_BLOCK; word += bits) {
                int part = (int) INT.get(codes, from + WORD_BYTES * word) >>> shift & mask;
                packed |= part << (word - vector);
            }
            INT.set(panel, to + step * vector, packed);
        }
    }

    private int[] factors(byte[] block, boolean ofOffsets) {
        byte[] scaleFactors = new byte[format.type().blockElements() / format.groupSize()];
        byte[] offsetFactors = new byte[scaleFactors.length];
        format.unpackFactors(block, 0, scaleFactors, offsetFactors, 0);
        int[] result = new int[scaleFactors.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = ofOffsets ? offsetFactors[i] : scaleFactors[i];
        }
        return result;
    }

    /**
     * One move for 16 rows, for every block of a row.
     *
     * @param size bytes of an element of one row
     * @param to where it goes in the panel, for the first block and row; for row r {@code r * size} later
     * @param step bytes from there to the next block's
     */
    record Step(int size, int to, int step, BitMoves.Move move) {}

    /** The moves as they are for panels of {@code layout}. */
    List<Step> steps(PanelLayout layout) {
        if (type.isFloat()) {
            int bytes = elementBytes();
            return List.of(new Step(bytes, 0, bytes * ROWS, base.getFirst()));
        }
        List<Step> steps = new ArrayList<>();
        addCodes(steps, base, type.baseBits(), 0, layout);
        addCodes(steps, high, type.highBits(), layout.baseBlockBytes(), layout);
        addScales(steps, scales, layout.scales(), 0, layout);
        addScales(steps, offsets, layout.offsets(), SIGN_OF_F16, layout);
        return List.copyOf(steps);
    }

    /** Whether bits are all that has to move. */
    boolean allMove() {
        return codesMove && scalesMove;
    }

    /** The moves for native code. Blocks of plain floats, which are one float, are taken by so many. */
    BitMover.Table table(PanelLayout layout, int together) {
        List<BitMover.Move> table = new ArrayList<>();
        for (int block = 0; block < together; block++) {
            for (Step step : steps(layout)) {
                BitMoves.Move move = step.move();
                table.add(new BitMover.Move(
                        8 * (block * bytes() + move.from()) + move.shift(),
                        move.mask(),
                        move.flip(),
                        !move.first(),
                        step.size(),
                        step.to() + block * step.step(),
                        together * step.step()));
            }
        }
        return BitMover.Table.of(together * bytes(), table);
    }

    private void addCodes(List<Step> steps, List<BitMoves.Move> moves, int bits, int start, PanelLayout layout) {
        for (BitMoves.Move move : moves) {
            int vector = move.to() % bits;
            int to = layout.blockAt(move.to() / bits) + start + vector * WORD_BYTES * ROWS;
            steps.add(new Step(WORD_BYTES, to, blockStep(layout), move));
        }
    }

    private void addScales(
            List<Step> steps,
            List<BitMoves.Move> moves,
            PanelLayout.ScalePlane plane,
            int unitFlip,
            PanelLayout layout) {
        int bytes = plane.kind().bytes();
        for (BitMoves.Move move : moves) {
            steps.add(new Step(bytes / ROWS, layout.groupAt(plane, move.to()), blockStep(layout), move));
        }
        if (hasFactors() && !moves.isEmpty()) {
            int at = unitFlip == 0 ? format.scaleAt() : format.offsetAt();
            field(at, 2, unitFlip).forEach(move -> steps.add(new Step(2, plane.unitStart(), blockStep(layout), move)));
        }
    }

    /** Bytes of a panel from one block of the file to the next. */
    private int blockStep(PanelLayout layout) {
        return format.type().blockElements() / PanelLayout.BLOCK_COLUMNS / layout.spanBlocks() * layout.spanBytes();
    }
}
