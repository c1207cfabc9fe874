package smelt.compiler.llvm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Type;

/**
 * One kernel as an LLVM module: {@code void symbol(ptr args, i32 thread, i32 threads)}, args being a table of 64-bit
 * entries. Vectors are written at their logical width; LLVM splits them for the machine.
 */
public final class LlvmEmitter {
    private final FunctionText text = new FunctionText();
    private final Map<Node, String> names = new HashMap<>();
    private final Set<Long> arguments = new HashSet<>();
    private final DotEmitter dots;
    private final MemoryEmitter memory;
    private final VectorEmitter vectors;

    private LlvmEmitter(Instructions instructions) {
        dots = new DotEmitter(text, instructions);
        memory = new MemoryEmitter(text);
        vectors = new VectorEmitter(text);
    }

    /** The module's text; the function is named {@code symbol}. */
    public static String emit(Node kernel, String symbol, Instructions instructions) {
        LlvmEmitter emitter = new LlvmEmitter(instructions);
        emitter.text.entry("%thread64", "zext i32 %thread to i64");
        emitter.text.entry("%threads64", "zext i32 %threads to i64");
        emitter.block(kernel.input(0));
        return emitter.text.function(symbol)
                + "attributes #0 = { nounwind \"no-builtins\" \"prefer-vector-width\"=\"512\""
                + " \"min-legal-vector-width\"=\"512\" }\n"
                + String.join("\n", emitter.text.declarations())
                + "\n";
    }

    static String type(Type type) {
        return switch (type) {
            case Type.Value value ->
                switch (value) {
                    case I64 -> "i64";
                    case F32X16 -> "<16 x float>";
                    case I32X16 -> "<16 x i32>";
                    case I8X64 -> "<64 x i8>";
                    case MASK -> "<16 x i1>";
                    case BOOL -> "i1";
                };
            case Type.Rows rows -> throw notInKernels(rows);
            case Type.Quantised quantised -> throw notInKernels(quantised);
            case Type.Weight weight -> throw notInKernels(weight);
            case Type.Effect effect -> throw notInKernels(effect);
        };
    }

    private static Failure notInKernels(Type type) {
        return Failure.of(FailureCode.INTERNAL, "No value of a kernel: " + type);
    }

    private String name(Node node) {
        String name = names.get(node);
        if (name == null) {
            throw Failure.of(FailureCode.INTERNAL, "Used before it stands: " + node);
        }
        return name;
    }

    private String in(Node node, int index) {
        return name(node.input(index));
    }

    private void block(Node block) {
        for (Node node : block.inputs()) {
            switch (node.op()) {
                case FOR -> loop(node);
                case IF -> branch(node);
                case TILE_DOT_I8 -> dots.tile(node, in(node, 0), in(node, 1), in(node, 2));
                case PREFETCH -> memory.prefetch(in(node, 0), 3);
                case PREFETCH_L2 -> memory.prefetch(in(node, 0), 2);
                case STORE -> memory.store(node, in(node, 0), in(node, 1));
                case WRITE ->
                    text.statement("store " + type(node.input(1).type()) + " " + in(node, 1) + ", ptr " + in(node, 0));
                default -> names.put(node, value(node));
            }
        }
    }

    private String value(Node node) {
        return switch (node.op()) {
            case INTEGER -> Long.toString(whole(node));
            case SPLAT_I32 -> "splat (i32 " + (int) whole(node) + ")";
            case SPLAT_I8 -> "splat (i8 " + (byte) whole(node) + ")";
            case SPLAT_F32 -> real(node.attr(Attr.Real.class).value());
            case LANES -> FunctionText.indices(0, 16);
            case ARGUMENT -> argument(whole(node));
            case THREAD -> "%thread64";
            case THREAD_COUNT -> "%threads64";
            case LOCAL -> local(node);
            case READ -> text.value("load " + type(node.type()) + ", ptr " + in(node, 0));
            case LOAD -> memory.load(node, in(node, 0));
            case TAKE_I64 -> memory.take(in(node, 0), in(node, 1));
            case ADD_I64, SUB_I64, MUL_I64, DIV_I64, REM_I64, MIN_I64, MAX_I64, LESS_I64, EQUAL_I64 -> integer(node);
            case PIN_I64 -> text.value("call i64 asm \"\", \"=r,0\"(i64 " + in(node, 0) + ")");
            case DOT_I8 -> dots.dot(in(node, 0), in(node, 1), in(node, 2), (int) whole(node));
            case TABLE_I8 -> dots.table(in(node, 0), node.attr(Attr.Bytes.class).values());
            default ->
                vectors.value(node, node.inputs().stream().map(this::name).toList());
        };
    }

    private static long whole(Node node) {
        return node.attr(Attr.Whole.class).value();
    }

    private static String real(float value) {
        return String.format("splat (float 0x%016X)", Double.doubleToRawLongBits(value));
    }

    private String argument(long index) {
        String name = "%arg" + index;
        if (arguments.add(index)) {
            text.entry("%slot" + index, "getelementptr i64, ptr %args, i64 " + index);
            text.entry(name, "load i64, ptr %slot" + index);
        }
        return name;
    }

    private String local(Node node) {
        String name = "%local" + whole(node);
        text.entry(name, "alloca " + type(node.type()));
        text.statement("store " + type(node.type()) + " " + in(node, 0) + ", ptr " + name);
        return name;
    }

    private String integer(Node node) {
        String a = in(node, 0);
        String b = in(node, 1);
        return switch (node.op()) {
            case ADD_I64 -> text.value("add i64 " + a + ", " + b);
            case SUB_I64 -> text.value("sub i64 " + a + ", " + b);
            case MUL_I64 -> text.value("mul i64 " + a + ", " + b);
            case DIV_I64 -> text.value("udiv i64 " + a + ", " + b);
            case REM_I64 -> text.value("urem i64 " + a + ", " + b);
            case LESS_I64 -> text.value("icmp slt i64 " + a + ", " + b);
            case EQUAL_I64 -> text.value("icmp eq i64 " + a + ", " + b);
            default -> {
                String condition = node.op() == Op.MIN_I64 ? "slt" : "sgt";
                String takes = text.value("icmp " + condition + " i64 " + a + ", " + b);
                yield text.value("select i1 " + takes + ", i64 " + a + ", i64 " + b);
            }
        };
    }

    private void loop(Node node) {
        String before = text.openBlock();
        String head = text.newLabel("head");
        String body = text.newLabel("body");
        String after = text.newLabel("after");
        String index = "%" + text.newLabel("i");
        String next = "%" + text.newLabel("n");
        text.statement("br label %" + head);
        text.startBlock(head);
        String latch = text.newLabel("latch");
        text.statement(index + " = phi i64 [ " + in(node, 0) + ", %" + before + " ], [ " + next + ", %" + latch + " ]");
        String more = text.value("icmp slt i64 " + index + ", " + in(node, 1));
        text.statement("br i1 " + more + ", label %" + body + ", label %" + after);
        text.startBlock(body);
        names.put(node.input(2), index);
        block(node.input(3));
        text.statement("br label %" + latch);
        text.startBlock(latch);
        text.statement(next + " = add nsw i64 " + index + ", " + whole(node));
        text.statement("br label %" + head);
        text.startBlock(after);
    }

    private void branch(Node node) {
        String then = text.newLabel("then");
        String otherwise = text.newLabel("else");
        String join = text.newLabel("join");
        text.statement("br i1 " + in(node, 0) + ", label %" + then + ", label %" + otherwise);
        text.startBlock(then);
        block(node.input(1));
        text.statement("br label %" + join);
        text.startBlock(otherwise);
        block(node.input(2));
        text.statement("br label %" + join);
        text.startBlock(join);
    }
}
