package smelt.targets.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Type;

/** A kernel made ready to run: each node has become a small piece of code that reads and writes slots of a frame. */
public final class Interpreter {
    /** One node's work. */
    interface Code {
        void run(Frame frame);
    }

    private final Map<Node, Integer> slots = new HashMap<>();
    private final Code body;

    public Interpreter(Node kernel) {
        body = block(kernel.input(0));
    }

    /**
     * Runs the kernel as one thread of several.
     *
     * @param arguments address of the argument table
     */
    public void run(AddressSpace memory, long arguments, int thread, int threads) {
        Frame frame = new Frame(memory, arguments, thread, threads, slots.size());
        slots.forEach((node, slot) -> allocate(frame, node.type(), slot));
        body.run(frame);
    }

    private static void allocate(Frame frame, Type type, int slot) {
        if (type instanceof Type.Value value) {
            switch (value) {
                case F32X16 -> frame.floats[slot] = new float[16];
                case I32X16 -> frame.ints[slot] = new int[16];
                case I8X64 -> frame.bytes[slot] = new byte[64];
                case MASK -> frame.masks[slot] = new boolean[16];
                case I64, BOOL -> {}
            }
        }
    }

    private int slot(Node node) {
        return slots.computeIfAbsent(node, n -> slots.size());
    }

    private Code block(Node block) {
        List<Code> codes = new ArrayList<>();
        block.inputs().forEach(node -> codes.add(code(node)));
        Code[] array = codes.toArray(Code[]::new);
        return frame -> {
            for (Code code : array) {
                code.run(frame);
            }
        };
    }

    private Code code(Node node) {
        return switch (node.op()) {
            case FOR -> loop(node);
            case IF -> branch(node);
            case LOCAL, READ, PIN_I64 -> copy(node.type(), slot(node.input(0)), slot(node));
            case WRITE -> copy(node.input(1).type(), slot(node.input(1)), slot(node.input(0)));
            case LOAD -> MemoryCode.load(node, slot(node.input(0)), slot(node));
            case TILE_DOT_I8 -> MemoryCode.tileDot(node, slot(node.input(0)), slot(node.input(1)), slot(node.input(2)));
            case PREFETCH, PREFETCH_L2 -> frame -> {};
            case TAKE_I64 -> take(slot(node.input(0)), slot(node.input(1)), slot(node));
            case STORE -> MemoryCode.store(node, slot(node.input(0)), slot(node.input(1)));
            case INTEGER, ARGUMENT, THREAD, THREAD_COUNT -> scalar(node, slot(node));
            case ADD_I64, SUB_I64, MUL_I64, DIV_I64, REM_I64, MIN_I64, MAX_I64, LESS_I64, EQUAL_I64 ->
                integer(node.op(), slot(node.input(0)), slot(node.input(1)), slot(node));
            default ->
                VectorCode.of(node, node.inputs().stream().mapToInt(this::slot).toArray(), slot(node));
        };
    }

    private Code loop(Node node) {
        int begin = slot(node.input(0));
        int end = slot(node.input(1));
        int index = slot(node.input(2));
        long step = node.attr(Attr.Whole.class).value();
        Code inner = block(node.input(3));
        return frame -> {
            long last = frame.longs[end];
            for (long i = frame.longs[begin]; i < last; i += step) {
                frame.longs[index] = i;
                inner.run(frame);
            }
        };
    }

    /** The threads of a kernel are run one after the other. */
    private static Code take(int address, int count, int to) {
        return frame -> {
            long before = frame.memory.readLong(frame.longs[address]);
            frame.memory.write(frame.longs[address], before + frame.longs[count]);
            frame.longs[to] = before;
        };
    }

    private Code branch(Node node) {
        int condition = slot(node.input(0));
        Code then = block(node.input(1));
        Code otherwise = block(node.input(2));
        return frame -> (frame.longs[condition] != 0 ? then : otherwise).run(frame);
    }

    private static Code copy(Type type, int from, int to) {
        return switch ((Type.Value) type) {
            case I64, BOOL -> frame -> frame.longs[to] = frame.longs[from];
            case F32X16 -> frame -> System.arraycopy(frame.floats[from], 0, frame.floats[to], 0, 16);
            case I32X16 -> frame -> System.arraycopy(frame.ints[from], 0, frame.ints[to], 0, 16);
            case I8X64 -> frame -> System.arraycopy(frame.bytes[from], 0, frame.bytes[to], 0, 64);
            case MASK -> frame -> System.arraycopy(frame.masks[from], 0, frame.masks[to], 0, 16);
        };
    }

    private static Code scalar(Node node, int to) {
        return switch (node.op()) {
            case INTEGER -> {
                long value = node.attr(Attr.Whole.class).value();
                yield frame -> frame.longs[to] = value;
            }
            case ARGUMENT -> {
                long offset = 8 * node.attr(Attr.Whole.class).value();
                yield frame -> frame.longs[to] = frame.memory.readLong(frame.arguments + offset);
            }
            case THREAD -> frame -> frame.longs[to] = frame.thread;
            case THREAD_COUNT -> frame -> frame.longs[to] = frame.threads;
            default -> throw Failure.of(FailureCode.INTERNAL, "No scalar: " + node);
        };
    }

    private interface LongOperator {
        long apply(long a, long b);
    }

    private static Code integer(Op op, int a, int b, int to) {
        LongOperator operator = switch (op) {
            case ADD_I64 -> (x, y) -> x + y;
            case SUB_I64 -> (x, y) -> x - y;
            case MUL_I64 -> (x, y) -> x * y;
            case DIV_I64 -> (x, y) -> x / y;
            case REM_I64 -> (x, y) -> x % y;
            case MIN_I64 -> Math::min;
            case MAX_I64 -> Math::max;
            case LESS_I64 -> (x, y) -> x < y ? 1 : 0;
            case EQUAL_I64 -> (x, y) -> x == y ? 1 : 0;
            default -> throw Failure.of(FailureCode.INTERNAL, "No integer operation: " + op);
        };
        return frame -> frame.longs[to] = operator.apply(frame.longs[a], frame.longs[b]);
    }
}
