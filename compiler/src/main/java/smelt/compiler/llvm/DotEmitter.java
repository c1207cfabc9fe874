package smelt.compiler.llvm;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Node;

/** DOT_I8 and TABLE_I8 for each kind of processor; all exact, hence equal. */
final class DotEmitter {
    /** Up to this bound of the unsigned operand two products with |x| <= 127 fit 16 bits. */
    private static final int MADD_SAFE = 129;

    private static final List<String> TILES = List.of(
            "declare void @llvm.x86.ldtilecfg(ptr)",
            "declare void @llvm.x86.tilerelease()",
            "declare void @llvm.x86.tilezero(i8)",
            "declare void @llvm.x86.tileloadd64(i8, ptr, i64)",
            "declare void @llvm.x86.tdpbssd(i8, i8, i8)",
            "declare void @llvm.x86.tilestored64(i8, ptr, i64)");

    /** Accumulators of 16 x 16 i32 are tiles 0 to 3; see {@link #operandTiles}. */
    private static final int ACCUMULATORS = 4;

    private final FunctionText text;
    private final Instructions instructions;

    DotEmitter(FunctionText text, Instructions instructions) {
        this.text = text;
        this.instructions = instructions;
    }

    String dot(String accumulator, String unsigned, String signed, int largest) {
        return switch (instructions.dot()) {
            case PLAIN -> plain(accumulator, unsigned, signed);
            case VNNI_512 -> vnni512(accumulator, unsigned, signed);
            case VNNI_256 -> vnni256(accumulator, unsigned, signed);
            case MADD_512 -> madd(accumulator, unsigned, signed, largest, 64);
            case MADD_256 -> madd(accumulator, unsigned, signed, largest, 32);
            case SDOT ->
                largest <= Byte.MAX_VALUE
                        ? quarters(accumulator, unsigned, signed, "sdot")
                        : sdot(accumulator, unsigned, signed);
            case USDOT -> quarters(accumulator, unsigned, signed, "usdot");
        };
    }

    private String vnni512(String accumulator, String unsigned, String signed) {
        String u = text.value("bitcast <64 x i8> " + unsigned + " to <16 x i32>");
        String s = text.value("bitcast <64 x i8> " + signed + " to <16 x i32>");
        return text.call("<16 x i32>", "llvm.x86.avx512.vpdpbusd.512", "<16 x i32>", accumulator, u, s);
    }

    private String vnni256(String accumulator, String unsigned, String signed) {
        String u = text.value("bitcast <64 x i8> " + unsigned + " to <16 x i32>");
        String s = text.value("bitcast <64 x i8> " + signed + " to <16 x i32>");
        String[] halves = new String[2];
        for (int i = 0; i < 2; i++) {
            halves[i] = text.call(
                    "<8 x i32>",
                    "llvm.x86.avx512.vpdpbusd.256",
                    "<8 x i32>",
                    text.part(accumulator, "<16 x i32>", 8 * i, 8),
                    text.part(u, "<16 x i32>", 8 * i, 8),
                    text.part(s, "<16 x i32>", 8 * i, 8));
        }
        return text.join(halves[0], halves[1], "<8 x i32>", 16);
    }

    private String madd(String accumulator, String unsigned, String signed, int largest, int bytes) {
        if (largest <= MADD_SAFE) {
            return text.value("add <16 x i32> " + accumulator + ", " + products(unsigned, signed, bytes));
        }
        String low = text.value("and <64 x i8> " + unsigned + ", splat (i8 127)");
        String high = text.value("and <64 x i8> " + unsigned + ", splat (i8 -128)");
        String sum = text.value("add <16 x i32> " + accumulator + ", " + products(low, signed, bytes));
        return text.value("add <16 x i32> " + sum + ", " + products(high, signed, bytes));
    }

    private String products(String unsigned, String signed, int bytes) {
        if (bytes == 64) {
            String words = text.call("<32 x i16>", "llvm.x86.avx512.pmaddubs.w.512", "<64 x i8>", unsigned, signed);
            return text.call("<16 x i32>", "llvm.x86.avx512.pmaddw.d.512", "<32 x i16>", words, "splat (i16 1)");
        }
        String[] halves = new String[2];
        for (int i = 0; i < 2; i++) {
            String u = text.part(unsigned, "<64 x i8>", 32 * i, 32);
            String s = text.part(signed, "<64 x i8>", 32 * i, 32);
            String words = text.call("<16 x i16>", "llvm.x86.avx2.pmadd.ub.sw", "<32 x i8>", u, s);
            halves[i] = text.call("<8 x i32>", "llvm.x86.avx2.pmadd.wd", "<16 x i16>", words, "splat (i16 1)");
        }
        return text.join(halves[0], halves[1], "<8 x i32>", 16);
    }

    private String quarters(String accumulator, String unsigned, String signed, String instruction) {
        String[] parts = new String[4];
        for (int i = 0; i < 4; i++) {
            String a = text.part(accumulator, "<16 x i32>", 4 * i, 4);
            String u = text.part(unsigned, "<64 x i8>", 16 * i, 16);
            String s = text.part(signed, "<64 x i8>", 16 * i, 16);
            String name = "llvm.aarch64.neon." + instruction + ".v4i32.v16i8";
            text.declare("declare <4 x i32> @" + name + "(<4 x i32>, <16 x i8>, <16 x i8>)");
            parts[i] = text.value(
                    "call <4 x i32> @" + name + "(<4 x i32> " + a + ", <16 x i8> " + u + ", <16 x i8> " + s + ")");
        }
        String low = text.join(parts[0], parts[1], "<4 x i32>", 8);
        return text.join(low, text.join(parts[2], parts[3], "<4 x i32>", 8), "<8 x i32>", 16);
    }

    /** Of u - 128, and 128 of each signed byte; what the latter give is the same for all panels. */
    private String sdot(String accumulator, String unsigned, String signed) {
        String shifted = text.value("xor <64 x i8> " + unsigned + ", splat (i8 -128)");
        String sum = quarters(accumulator, shifted, signed, "sdot");
        String less = quarters("zeroinitializer", "splat (i8 -128)", signed, "sdot");
        return text.value("sub <16 x i32> " + sum + ", " + less);
    }

    /** Even and odd bytes as 16-bit lanes, whose products fit; then their pairs as 32-bit lanes. */
    private String plain(String accumulator, String unsigned, String signed) {
        String u = text.value("bitcast <64 x i8> " + unsigned + " to <32 x i16>");
        String s = text.value("bitcast <64 x i8> " + signed + " to <32 x i16>");
        String even = text.value("shl <32 x i16> " + s + ", splat (i16 8)");
        String sum = addPairs(
                accumulator,
                text.value("and <32 x i16> " + u + ", splat (i16 255)"),
                text.value("ashr <32 x i16> " + even + ", splat (i16 8)"));
        return addPairs(
                sum,
                text.value("lshr <32 x i16> " + u + ", splat (i16 8)"),
                text.value("ashr <32 x i16> " + s + ", splat (i16 8)"));
    }

    private String addPairs(String accumulator, String a, String b) {
        String products = text.value("mul <32 x i16> " + a + ", " + b);
        String pairs = text.value("bitcast <32 x i16> " + products + " to <16 x i32>");
        String even = text.value("shl <16 x i32> " + pairs + ", splat (i32 16)");
        String low = text.value("ashr <16 x i32> " + even + ", splat (i32 16)");
        String high = text.value("ashr <16 x i32> " + pairs + ", splat (i32 16)");
        String sum = text.value("add <16 x i32> " + accumulator + ", " + low);
        return text.value("add <16 x i32> " + sum + ", " + high);
    }

    /** TILE_DOT_I8 by AMX: 16 rows of activations are the first operand, the codes, in fours, the second. */
    void tile(Node node, String to, String rows, String codes) {
        if (!instructions.tiles()) {
            throw Failure.of(FailureCode.INTERNAL, "A kernel of tiles for a processor without: " + node);
        }
        Attr.Tile tile = node.attr(Attr.Tile.class);
        TILES.forEach(text::declare);
        text.global("@tiles", "private constant <64 x i8> " + constant(tileShapes(), 1));
        text.frame("call void @llvm.x86.ldtilecfg(ptr @tiles)", "call void @llvm.x86.tilerelease()");
        int sums = tile.accumulator() % ACCUMULATORS;
        int operands = operandTiles(tile.vectors());
        text.statement("call void @llvm.x86.tilezero(i8 " + sums + ")");
        load(operands, rows, tile.stride());
        load(operands + 1, codes, 64);
        text.statement("call void @llvm.x86.tdpbssd(i8 " + sums + ", i8 " + operands + ", i8 " + (operands + 1) + ")");
        String pointer = text.value("inttoptr i64 " + to + " to ptr");
        text.statement("call void @llvm.x86.tilestored64(i8 " + sums + ", ptr " + pointer + ", i64 64)");
    }

    private void load(int tile, String address, int stride) {
        String pointer = text.value("inttoptr i64 " + address + " to ptr");
        text.statement("call void @llvm.x86.tileloadd64(i8 " + tile + ", ptr " + pointer + ", i64 " + stride + ")");
    }

    /** The first of the two operand tiles for groups of 32 columns, or of 16. */
    private static int operandTiles(int vectors) {
        return vectors == 8 ? ACCUMULATORS : ACCUMULATORS + 2;
    }

    /** Palette 1, then bytes in a row of each tile as 16 bits, and at 48 rows of each tile. */
    private static List<Byte> tileShapes() {
        Byte[] shapes = new Byte[64];
        Arrays.fill(shapes, (byte) 0);
        shapes[0] = 1;
        for (int tile = 0; tile < ACCUMULATORS; tile++) {
            shape(shapes, tile, 16, 64);
        }
        for (int vectors = 4; vectors <= 8; vectors += 4) {
            shape(shapes, operandTiles(vectors), 16, 4 * vectors);
            shape(shapes, operandTiles(vectors) + 1, vectors, 64);
        }
        return List.of(shapes);
    }

    private static void shape(Byte[] shapes, int tile, int rows, int bytes) {
        shapes[16 + 2 * tile] = (byte) bytes;
        shapes[48 + tile] = (byte) rows;
    }

    /** {@code bytes}: the sixteen constants in order. */
    String table(String index, List<Byte> bytes) {
        return switch (instructions.table()) {
            case PSHUFB_512 ->
                text.call("<64 x i8>", "llvm.x86.avx512.pshuf.b.512", "<64 x i8>", constant(bytes, 4), index);
            case PSHUFB_256 -> {
                String[] halves = new String[2];
                for (int i = 0; i < 2; i++) {
                    String part = text.part(index, "<64 x i8>", 32 * i, 32);
                    halves[i] = text.call("<32 x i8>", "llvm.x86.avx2.pshuf.b", "<32 x i8>", constant(bytes, 2), part);
                }
                yield text.join(halves[0], halves[1], "<32 x i8>", 64);
            }
            case TBL -> {
                String[] quarters = new String[4];
                for (int i = 0; i < 4; i++) {
                    String part = text.part(index, "<64 x i8>", 16 * i, 16);
                    quarters[i] = text.call(
                            "<16 x i8>", "llvm.aarch64.neon.tbl1.v16i8", "<16 x i8>", constant(bytes, 1), part);
                }
                String low = text.join(quarters[0], quarters[1], "<16 x i8>", 32);
                yield text.join(low, text.join(quarters[2], quarters[3], "<16 x i8>", 32), "<32 x i8>", 64);
            }
            case PLAIN -> {
                String result = "splat (i8 " + bytes.get(0) + ")";
                for (int i = 1; i < bytes.size(); i++) {
                    String equal = text.value("icmp eq <64 x i8> " + index + ", splat (i8 " + i + ")");
                    String pick =
                            "select <64 x i1> " + equal + ", <64 x i8> splat (i8 " + bytes.get(i) + "), <64 x i8> ";
                    result = text.value(pick + result);
                }
                yield result;
            }
        };
    }

    private static String constant(List<Byte> bytes, int copies) {
        return IntStream.range(0, bytes.size() * copies)
                .mapToObj(i -> "i8 " + bytes.get(i % bytes.size()))
                .collect(Collectors.joining(", ", "<", ">"));
    }
}
