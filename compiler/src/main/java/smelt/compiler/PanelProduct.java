package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * The product of one panel of 16 output columns with a few rows of activations. Lane = output column. Quantised: per
 * block of 32 (or 16) columns an exact integer dot, then one fma with the product of scales, blocks in ascending order;
 * offsets follow with an fma of their own. Floats: one fma per column, in order. No sum ever crosses lanes or threads,
 * so tiles, threads and batches cannot change a bit.
 */
final class PanelProduct {
    /** Rows of a tile. */
    static final int TILE_ROWS = 16;

    private static final int VECTOR = 64;
    /** With more rows arithmetic takes longer than reading. */
    private static final int MEMORY_BOUND_ROWS = 4;

    /** How far to read ahead; on a busy host it made decode 1.5 x as fast, in quiet ones it costs nothing. */
    private static final long PREFETCH_BYTES = 8192;

    private static final int TILE_BYTES = TILE_ROWS * VECTOR;

    /**
     * A thread's own memory for tiles: sums of codes, sums of low codes, then the codes of a block.
     *
     * @param stride bytes from row to row of activations
     */
    record TileScratch(Node address, int stride) {}

    private final KernelBuilder k;
    private final PanelLayout layout;
    private final PackedType type;
    private final Node panel;
    private final List<ActivationRow> rows;
    private final Optional<TileScratch> tiles;
    private final List<Node> sums = new ArrayList<>();

    private PanelProduct(
            KernelBuilder k, PanelLayout layout, Node panel, List<ActivationRow> rows, Optional<TileScratch> tiles) {
        this.tiles = tiles;
        this.k = k;
        this.layout = layout;
        this.type = layout.type();
        this.panel = panel;
        this.rows = rows;
    }

    /**
     * 16 output columns for each of {@code rows}; {@code panel} is the panel's address.
     *
     * @param tiles present if the rows are to be a tile; they are then {@link #TILE_ROWS} consecutive ones
     */
    static List<Node> of(
            KernelBuilder k, PanelLayout layout, Node panel, List<ActivationRow> rows, Optional<TileScratch> tiles) {
        PanelProduct product = new PanelProduct(k, layout, panel, rows, tiles);
        for (int i = 0; i < rows.size(); i++) {
            product.sums.add(k.local(k.real(0)));
        }
        if (layout.type().isFloat()) {
            product.floats();
        } else {
            k.loop(0, layout.blocks(), 1, product::block);
        }
        return product.sums.stream().map(k::read).toList();
    }

    private void floats() {
        int bytes = type.plain().bytes();
        List<Node> inputs = rows.stream().map(row -> row.floats(k)).toList();
        k.loop(0, layout.columns(), 1, column -> {
            Node weight = k.load(type.plain(), k.add(panel, k.mul(column, bytes)));
            for (int i = 0; i < rows.size(); i++) {
                Node x = k.load(MemoryKind.ONE_F32, k.add(inputs.get(i), k.mul(column, 4)));
                k.write(sums.get(i), k.fma(weight, x, k.read(sums.get(i))));
            }
        });
    }

    private void block(Node block) {
        if (rows.size() <= MEMORY_BOUND_ROWS) {
            prefetch(block);
        }
        int groups = layout.groupsPerBlock();
        List<Node> codes = codes(block);
        for (int group = 0; group < groups; group++) {
            group(block, group, codes.subList(group * 8 / groups, (group + 1) * 8 / groups));
        }
    }

    /** The bytes of a panel are read as four streams that start anew at each panel; in memory they are one. */
    private void prefetch(Node block) {
        long step = layout.panelBytes() / layout.blocks();
        Node ahead = k.add(k.add(panel, k.mul(block, step)), PREFETCH_BYTES);
        for (long line = 0; line < step; line += VECTOR) {
            k.prefetch(k.add(ahead, line));
        }
    }

    private void group(Node block, int group, List<Node> codes) {
        int groups = layout.groupsPerBlock();
        Node scale = scale(block, group, layout.scales());
        Node word = k.add(k.mul(block, 4L * groups), 4L * group);
        tiles.ifPresent(scratch -> multiplyTiles(scratch, block, group, codes));
        for (int i = 0; i < rows.size(); i++) {
            ActivationRow row = rows.get(i);
            Node factor = k.mulF(scale, k.load(MemoryKind.ONE_F32, k.add(row.scales(k), k.mul(block, 4))));
            Node dot = tiles.isPresent() ? tiledDot(tiles.get(), i, word) : dot(row, block, group, codes, word);
            k.write(sums.get(i), k.fma(k.toF32(dot), factor, k.read(sums.get(i))));
        }
        if (type.offsets() != PackedType.ScaleKind.NONE) {
            offsets(block, group, word);
        }
    }

    /** The exact integer dot of one group, in units of the row's lowest codes. */
    private Node dot(ActivationRow row, Node block, int group, List<Node> codes, Node word) {
        Node at = k.add(k.mul(block, 32), 4L * group * codes.size());
        if (!row.wide()) {
            return chain(start(row, word), codes, k.add(row.codes(k), at));
        }
        Node high = chain(k.word(0), codes, k.add(row.codes(k), at));
        Node both = k.i32(Op.SHL_I32, high, k.word(8));
        Node start = type.bias() == 0 ? both : k.i32(Op.ADD_I32, both, start(row, word));
        return chain(start, codes, k.add(row.lowCodes(k), at));
    }

    /** The dots of all rows with a group's codes, in memory. */
    private void multiplyTiles(TileScratch scratch, Node block, int group, List<Node> codes) {
        Node stored = k.add(scratch.address(), 2L * TILE_BYTES);
        for (int vector = 0; vector < codes.size(); vector++) {
            k.store(MemoryKind.I8, k.add(stored, (long) vector * VECTOR), codes.get(vector));
        }
        Node at = k.add(k.mul(block, 32), 4L * group * codes.size());
        ActivationRow first = rows.get(0);
        Node codesAt = k.add(first.codes(k), at);
        k.tileDot(scratch.address(), codesAt, stored, scratch.stride(), codes.size());
        if (first.wide()) {
            Node low = k.add(scratch.address(), TILE_BYTES);
            k.tileDot(low, k.add(first.lowCodes(k), at), stored, scratch.stride(), codes.size());
        }
    }

    private Node tiledDot(TileScratch scratch, int row, Node word) {
        Node at = k.add(scratch.address(), (long) row * VECTOR);
        Node dot = k.load(MemoryKind.I32, at);
        if (rows.get(row).wide()) {
            Node high = k.i32(Op.SHL_I32, dot, k.word(8));
            dot = k.i32(Op.ADD_I32, high, k.load(MemoryKind.I32, k.add(at, TILE_BYTES)));
        }
        return type.bias() == 0 ? dot : k.i32(Op.ADD_I32, dot, start(rows.get(row), word));
    }

    private Node chain(Node start, List<Node> codes, Node bytes) {
        Node dot = start;
        for (int vector = 0; vector < codes.size(); vector++) {
            Node x = k.load(MemoryKind.ONE_I8X4, k.add(bytes, 4L * vector));
            dot = k.dot(dot, codes.get(vector), x, type.largestCode());
        }
        return dot;
    }

    private void offsets(Node block, int group, Node word) {
        Node offset = scale(block, group, layout.offsets());
        for (int i = 0; i < rows.size(); i++) {
            Node sum = k.load(MemoryKind.ONE_F32, k.add(rows.get(i).scaledSums(k, type.group()), word));
            k.write(sums.get(i), k.fma(offset, sum, k.read(sums.get(i))));
        }
    }

    /** The accumulator starts at -bias times the sum of activation codes, which takes the bias out of every weight. */
    private Node start(ActivationRow row, Node word) {
        if (type.bias() == 0) {
            return k.word(0);
        }
        Node sum = k.load(MemoryKind.ONE_I32, k.add(row.negativeSums(k, type.group()), word));
        return type.bias() == 1 ? sum : k.i32(Op.SHL_I32, sum, k.word(Integer.numberOfTrailingZeros(type.bias())));
    }

    private Node scale(Node block, int group, PanelLayout.ScalePlane plane) {
        int bytes = plane.kind().bytes();
        long inPanel = plane.start() + (long) group * bytes;
        Node at = k.add(k.add(panel, k.mul(block, (long) layout.groupsPerBlock() * bytes)), inPanel);
        Node value = k.load(plane.kind().memory(), at);
        return plane.kind() == PackedType.ScaleKind.S8 ? k.mulF(unit(block, plane), k.toF32(value)) : value;
    }

    private Node unit(Node block, PanelLayout.ScalePlane plane) {
        Node inPlane = k.mul(k.div(block, PanelLayout.UNIT_BLOCKS), plane.unitBytes());
        return k.load(MemoryKind.F16, k.add(k.add(panel, inPlane), plane.unitStart()));
    }

    /** The block's 8 vectors of codes, each 4 columns of 16 rows, as unsigned bytes. */
    private List<Node> codes(Node block) {
        Node base = k.add(panel, k.mul(block, layout.baseBlockBytes()));
        List<Node> codes = new ArrayList<>(planes(base, type.baseBits()));
        if (type.highBits() > 0) {
            Node high = k.add(k.add(panel, k.mul(block, layout.highBlockBytes())), layout.highStart());
            List<Node> bits = planes(high, type.highBits());
            for (int i = 0; i < codes.size(); i++) {
                codes.set(i, k.or8(codes.get(i), k.shl8(bits.get(i), type.baseBits())));
            }
        }
        if (!type.table().isEmpty()) {
            codes.replaceAll(code -> k.table(code, type.table()));
        }
        return codes;
    }

    /** 8 vectors out of a plane of {@code bits} per code; see {@link PanelLayout}. */
    private List<Node> planes(Node address, int bits) {
        List<Node> vectors = new ArrayList<>();
        List<Node> loads = new ArrayList<>();
        for (int i = 0; i < bits; i++) {
            loads.add(k.load(MemoryKind.I8, k.add(address, (long) i * VECTOR)));
        }
        Node mask = k.bytes((1 << bits) - 1);
        for (int vector = 0; vector < 8; vector++) {
            Node load = loads.get(vector % bits);
            int shift = vector / bits * bits;
            vectors.add(bits == 8 ? load : k.and8(k.shr8(load, shift), mask));
        }
        return vectors;
    }
}
