package smelt.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes one kernel. Each call appends to the block that is open and returns the value; a pure value that an open block
 * already has is reused. Addresses are 64-bit integers.
 */
public final class KernelBuilder {
    private record Scope(List<Node> nodes, Set<Node> present) {
        Scope() {
            this(new ArrayList<>(), new HashSet<>());
        }
    }

    private final Graph graph = new Graph();
    private final Deque<Scope> scopes = new ArrayDeque<>();
    private int number;

    public KernelBuilder() {
        scopes.push(new Scope());
    }

    /** Closes the kernel. */
    public Node finish(String name) {
        return graph.node(Op.KERNEL, List.of(close()), new Attr.Text(name), Type.Effect.NONE);
    }

    // Structure

    public Node argument(int index) {
        return pure(Op.ARGUMENT, Type.Value.I64, new Attr.Whole(index));
    }

    public Node thread() {
        return pure(Op.THREAD, Type.Value.I64, Attr.None.NONE);
    }

    public Node threadCount() {
        return pure(Op.THREAD_COUNT, Type.Value.I64, Attr.None.NONE);
    }

    /** Runs {@code body} for begin, begin + step, ... below {@code end}. */
    public void loop(Node begin, Node end, long step, Consumer<Node> body) {
        Node index = graph.node(Op.INDEX, List.of(), new Attr.Whole(number++), Type.Value.I64);
        scopes.push(new Scope());
        body.accept(index);
        Node block = close();
        append(graph.node(Op.FOR, List.of(begin, end, index, block), new Attr.Whole(step), Type.Effect.NONE));
    }

    public void loop(long begin, long end, long step, Consumer<Node> body) {
        loop(integer(begin), integer(end), step, body);
    }

    public void when(Node condition, Runnable then) {
        when(condition, then, () -> {});
    }

    public void when(Node condition, Runnable then, Runnable otherwise) {
        Node first = block(then);
        Node second = block(otherwise);
        append(graph.node(Op.IF, List.of(condition, first, second), new Attr.Whole(number++), Type.Effect.NONE));
    }

    /** A mutable register that starts as {@code initial}. */
    public Node local(Node initial) {
        Node local = graph.node(Op.LOCAL, List.of(initial), new Attr.Whole(number++), initial.type());
        append(local);
        return local;
    }

    public Node read(Node local) {
        Node read = graph.node(Op.READ, List.of(local), new Attr.Whole(number++), local.type());
        append(read);
        return read;
    }

    public void write(Node local, Node value) {
        append(graph.node(Op.WRITE, List.of(local, value), new Attr.Whole(number++), Type.Effect.NONE));
    }

    public Node load(MemoryKind kind, Node address) {
        Node load = graph.node(Op.LOAD, List.of(address), new Attr.Memory(kind, number++), kind.type());
        append(load);
        return load;
    }

    public void store(MemoryKind kind, Node address, Node value) {
        append(graph.node(Op.STORE, List.of(address, value), new Attr.Memory(kind, number++), Type.Effect.NONE));
    }

    /** Adds {@code count} to the 64-bit integer at {@code address}, one thread after another; what was there before. */
    public Node take(Node address, Node count) {
        Node take = graph.node(Op.TAKE_I64, List.of(address, count), new Attr.Whole(number++), Type.Value.I64);
        append(take);
        return take;
    }

    public void prefetch(Node address) {
        append(graph.node(Op.PREFETCH, List.of(address), new Attr.Whole(number++), Type.Effect.NONE));
    }

    public void prefetchL2(Node address) {
        append(graph.node(Op.PREFETCH_L2, List.of(address), new Attr.Whole(number++), Type.Effect.NONE));
    }

    // 64-bit integers

    public Node integer(long value) {
        return pure(Op.INTEGER, Type.Value.I64, new Attr.Whole(value));
    }

    public Node add(Node a, Node b) {
        if (isInteger(b, 0)) {
            return a;
        }
        return isInteger(a, 0) ? b : pure(Op.ADD_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    public Node add(Node a, long b) {
        return b == 0 ? a : add(a, integer(b));
    }

    public Node sub(Node a, Node b) {
        return pure(Op.SUB_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    public Node mul(Node a, Node b) {
        return pure(Op.MUL_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    public Node mul(Node a, long b) {
        return b == 1 ? a : mul(a, integer(b));
    }

    public Node div(Node a, long b) {
        return b == 1 ? a : div(a, integer(b));
    }

    public Node div(Node a, Node b) {
        return pure(Op.DIV_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    public Node rem(Node a, long b) {
        return pure(Op.REM_I64, Type.Value.I64, Attr.None.NONE, a, integer(b));
    }

    public Node min(Node a, Node b) {
        return pure(Op.MIN_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    public Node max(Node a, Node b) {
        return pure(Op.MAX_I64, Type.Value.I64, Attr.None.NONE, a, b);
    }

    /** The same address, computed into one register: see {@link Op#PIN_I64}. */
    public Node pin(Node a) {
        return pure(Op.PIN_I64, Type.Value.I64, Attr.None.NONE, a);
    }

    public Node less(Node a, Node b) {
        return pure(Op.LESS_I64, Type.Value.BOOL, Attr.None.NONE, a, b);
    }

    public Node equal(Node a, Node b) {
        return pure(Op.EQUAL_I64, Type.Value.BOOL, Attr.None.NONE, a, b);
    }

    // 16 x f32

    public Node real(double value) {
        return pure(Op.SPLAT_F32, Type.Value.F32X16, new Attr.Real((float) value));
    }

    public Node addF(Node a, Node b) {
        return f32(Op.ADD_F32, a, b);
    }

    public Node subF(Node a, Node b) {
        return f32(Op.SUB_F32, a, b);
    }

    public Node mulF(Node a, Node b) {
        return f32(Op.MUL_F32, a, b);
    }

    public Node divF(Node a, Node b) {
        return f32(Op.DIV_F32, a, b);
    }

    public Node fma(Node a, Node b, Node c) {
        return f32(Op.FMA_F32, a, b, c);
    }

    public Node sqrt(Node a) {
        return f32(Op.SQRT_F32, a);
    }

    public Node maxF(Node a, Node b) {
        return f32(Op.MAX_F32, a, b);
    }

    public Node minF(Node a, Node b) {
        return f32(Op.MIN_F32, a, b);
    }

    public Node abs(Node a) {
        return f32(Op.ABS_F32, a);
    }

    public Node lessF(Node a, Node b) {
        return pure(Op.LESS_F32, Type.Value.MASK, Attr.None.NONE, a, b);
    }

    public Node select(Node mask, Node a, Node b) {
        return f32(Op.SELECT_F32, mask, a, b);
    }

    public Node sum(Node a) {
        return f32(Op.SUM_F32, a);
    }

    public Node top(Node a) {
        return f32(Op.TOP_F32, a);
    }

    public Node swap(Node a) {
        return f32(Op.SWAP_F32, a);
    }

    // 16 x i32

    public Node word(int value) {
        return pure(Op.SPLAT_I32, Type.Value.I32X16, new Attr.Whole(value));
    }

    public Node splat(Node i64) {
        return pure(Op.SPLAT_I64, Type.Value.I32X16, Attr.None.NONE, i64);
    }

    public Node lanes() {
        return pure(Op.LANES, Type.Value.I32X16, Attr.None.NONE);
    }

    /** ADD_I32, SUB_I32, MUL_I32, AND_I32, OR_I32, SHL_I32, SHR_I32. */
    public Node i32(Op op, Node a, Node b) {
        return pure(op, Type.Value.I32X16, Attr.None.NONE, a, b);
    }

    public Node lessI(Node a, Node b) {
        return pure(Op.LESS_I32, Type.Value.MASK, Attr.None.NONE, a, b);
    }

    public Node sumI(Node a) {
        return pure(Op.SUM_I32, Type.Value.I32X16, Attr.None.NONE, a);
    }

    public Node first(Node a) {
        return pure(Op.FIRST_I32, Type.Value.I64, Attr.None.NONE, a);
    }

    public Node toF32(Node a) {
        return f32(Op.TO_F32, a);
    }

    public Node asF32(Node a) {
        return f32(Op.BITS_TO_F32, a);
    }

    public Node asI32(Node a) {
        return pure(Op.BITS_TO_I32, Type.Value.I32X16, Attr.None.NONE, a);
    }

    // 64 x i8

    public Node bytes(int value) {
        return pure(Op.SPLAT_I8, Type.Value.I8X64, new Attr.Whole(value));
    }

    public Node and8(Node a, Node b) {
        return pure(Op.AND_I8, Type.Value.I8X64, Attr.None.NONE, a, b);
    }

    public Node or8(Node a, Node b) {
        return pure(Op.OR_I8, Type.Value.I8X64, Attr.None.NONE, a, b);
    }

    public Node sub8(Node a, Node b) {
        return pure(Op.SUB_I8, Type.Value.I8X64, Attr.None.NONE, a, b);
    }

    public Node shl8(Node a, int bits) {
        return bits == 0 ? a : pure(Op.SHL_I8, Type.Value.I8X64, new Attr.Whole(bits), a);
    }

    public Node shr8(Node a, int bits) {
        return bits == 0 ? a : pure(Op.SHR_I8, Type.Value.I8X64, new Attr.Whole(bits), a);
    }

    public Node table(Node a, List<Byte> sixteen) {
        return pure(Op.TABLE_I8, Type.Value.I8X64, new Attr.Bytes(sixteen), a);
    }

    /** {@code largest}: bound of the unsigned operand, which lets targets with saturating products choose. */
    public Node dot(Node accumulator, Node unsigned, Node signed, int largest) {
        return pure(Op.DOT_I8, Type.Value.I32X16, new Attr.Whole(largest), accumulator, unsigned, signed);
    }

    /**
     * Exact dots of 16 rows with {@code vectors} vectors of codes, in memory; see {@link Op#TILE_DOT_I8} and
     * {@link Attr.Tile}.
     */
    public void tileDot(Node to, Node rows, Node codes, int stride, int vectors, int accumulator) {
        Attr tile = new Attr.Tile(stride, vectors, accumulator, number++);
        append(graph.node(Op.TILE_DOT_I8, List.of(to, rows, codes), tile, Type.Effect.NONE));
    }

    private Node f32(Op op, Node... inputs) {
        return pure(op, Type.Value.F32X16, Attr.None.NONE, inputs);
    }

    private Node pure(Op op, Type type, Attr attr, Node... inputs) {
        Node node = graph.node(op, List.of(inputs), attr, type);
        for (Scope scope : scopes) {
            if (scope.present.contains(node)) {
                return node;
            }
        }
        append(node);
        return node;
    }

    private void append(Node node) {
        Scope scope = scopes.element();
        scope.nodes.add(node);
        scope.present.add(node);
    }

    private Node block(Runnable body) {
        scopes.push(new Scope());
        body.run();
        return close();
    }

    private Node close() {
        return graph.node(Op.BLOCK, scopes.pop().nodes, new Attr.Whole(number++), Type.Effect.NONE);
    }

    private static boolean isInteger(Node node, long value) {
        return node.op() == Op.INTEGER && node.attr(Attr.Whole.class).value() == value;
    }
}
