package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/** The codes of a panel, as unsigned bytes: out of their planes, or out of memory where they were written before. */
final class PanelCodes {
    static final int VECTOR_BYTES = 64;
    static final int VECTORS = 8;
    private static final int BLOCK_BYTES = VECTORS * VECTOR_BYTES;

    /** Some 60 ns of one core: the second cache answers several times within it. */
    private static final long SOON_BYTES = 1024;

    /** Some 120 ns, with what the processor fetches by itself beyond it; more only fills its buffers. */
    private static final long LATER_BYTES = 2048;

    private final KernelBuilder k;
    private final PanelLayout layout;
    private final PackedType type;
    private final Node panel;

    /** @param panel address of a panel of codes */
    PanelCodes(KernelBuilder k, PanelLayout layout, Node panel) {
        this.k = k;
        this.layout = layout;
        this.type = layout.type();
        this.panel = panel;
    }

    /** Bytes that {@link #unpack} writes. */
    static long unpackedBytes(PanelLayout layout) {
        return (long) layout.blocks() * BLOCK_BYTES;
    }

    /** Writes all codes to memory: as they are, or signed, without the type's bias. */
    void unpack(Node target, boolean signed) {
        k.loop(0, layout.blocks(), 1, block -> {
            List<Node> vectors = inRegisters(block);
            for (int i = 0; i < VECTORS; i++) {
                Node vector = vectors.get(i);
                Node value = signed && type.bias() != 0 ? k.sub8(vector, k.bytes(type.bias())) : vector;
                k.store(MemoryKind.I8, unpackedVector(k, target, block, i), value);
            }
        });
    }

    /**
     * Fetches a block's share of what follows: into the nearest cache what comes soon, into the second what comes
     * later. A line on its way from memory to the nearest cache holds one of its few buffers (16 on Intel's cores);
     * from the second it holds it for a fraction of the time.
     */
    static void prefetch(KernelBuilder k, PanelLayout layout, Node panel, Node block) {
        share(k, layout, k.add(panel, LATER_BYTES), block).forEach(k::prefetchL2);
        share(k, layout, k.add(panel, SOON_BYTES), block).forEach(k::prefetch);
    }

    /** Fetches a block's share of the next panel while this one is multiplied, so that memory never rests. */
    static void prefetchNext(KernelBuilder k, PanelLayout layout, Node panel, Node block) {
        share(k, layout, k.add(panel, layout.panelBytes()), block).forEach(k::prefetchL2);
    }

    private static List<Node> share(KernelBuilder k, PanelLayout layout, Node start, Node block) {
        long step = layout.panelBytes() / layout.blocks();
        List<Node> lines = new ArrayList<>();
        for (long line = 0; line < step; line += VECTOR_BYTES) {
            lines.add(k.add(k.add(start, k.mul(block, step)), line));
        }
        return lines;
    }

    /** Address of one vector of what {@link #unpack} wrote. */
    static Node unpackedVector(KernelBuilder k, Node unpacked, Node block, int vector) {
        return k.add(k.add(unpacked, k.mul(block, BLOCK_BYTES)), (long) vector * VECTOR_BYTES);
    }

    /** Address of a block, which begins with its codes. */
    static Node block(KernelBuilder k, PanelLayout layout, Node panel, Node block) {
        int blocks = layout.spanBlocks();
        Node first = k.add(span(k, layout, panel, block), layout.unitBytes());
        return blocks == 1 ? first : k.add(first, k.mul(k.rem(block, blocks), layout.blockBytes()));
    }

    /** Address of the units of a block's scales. */
    static Node span(KernelBuilder k, PanelLayout layout, Node panel, Node block) {
        return k.add(panel, k.mul(k.div(block, layout.spanBlocks()), layout.spanBytes()));
    }

    /** The block's 8 vectors, each 4 columns of 16 rows. */
    List<Node> inRegisters(Node block) {
        Node base = block(k, layout, panel, block);
        List<Node> codes = new ArrayList<>(planes(base, type.baseBits()));
        if (type.highBits() > 0) {
            List<Node> bits = planes(k.add(base, layout.baseBlockBytes()), type.highBits());
            for (int i = 0; i < codes.size(); i++) {
                codes.set(i, k.or8(codes.get(i), k.shl8(bits.get(i), type.baseBits())));
            }
        }
        if (!type.table().isEmpty()) {
            codes.replaceAll(code -> k.table(code, type.table()));
        }
        return codes;
    }

    /** 8 vectors out of those stored of {@code bits} per code; see {@link PanelLayout}. */
    private List<Node> planes(Node address, int bits) {
        List<Node> vectors = new ArrayList<>();
        List<Node> loads = new ArrayList<>();
        for (int i = 0; i < bits; i++) {
            loads.add(k.load(MemoryKind.I8, k.add(address, (long) i * VECTOR_BYTES)));
        }
        Node mask = k.bytes((1 << bits) - 1);
        for (int vector = 0; vector < VECTORS; vector++) {
            Node load = loads.get(vector % bits);
            int shift = vector / bits * bits;
            vectors.add(bits == 8 ? load : k.and8(k.shr8(load, shift), mask));
        }
        return vectors;
    }
}
