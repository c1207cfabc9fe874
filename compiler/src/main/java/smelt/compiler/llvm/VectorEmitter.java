package smelt.compiler.llvm;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Node;

/** The pure operations on vectors. */
final class VectorEmitter {
    private static final String F = "<16 x float>";
    private static final String I = "<16 x i32>";
    private static final String B = "<64 x i8>";

    private final FunctionText text;

    VectorEmitter(FunctionText text) {
        this.text = text;
    }

    String value(Node node, List<String> in) {
        return switch (node.op()) {
            case ADD_F32 -> binary("fadd", F, in);
            case SUB_F32 -> binary("fsub", F, in);
            case MUL_F32 -> binary("fmul", F, in);
            case DIV_F32 -> binary("fdiv", F, in);
            case FMA_F32 -> text.call(F, "llvm.fma.v16f32", F, in.get(0), in.get(1), in.get(2));
            case SQRT_F32 -> text.call(F, "llvm.sqrt.v16f32", F, in.get(0));
            case ABS_F32 -> text.call(F, "llvm.fabs.v16f32", F, in.get(0));
            case MAX_F32 -> choose("ogt", F, in.get(0), in.get(1));
            case MIN_F32 -> choose("olt", F, in.get(0), in.get(1));
            case LESS_F32 -> text.value("fcmp olt " + F + " " + in.get(0) + ", " + in.get(1));
            case SELECT_F32 -> select(in);
            case SUM_F32 -> tree(in.get(0), true);
            case TOP_F32 -> tree(in.get(0), false);
            case SWAP_F32 -> swap(in.get(0));
            case ADD_I32 -> binary("add", I, in);
            case SUB_I32 -> binary("sub", I, in);
            case MUL_I32 -> binary("mul", I, in);
            case AND_I32 -> binary("and", I, in);
            case OR_I32 -> binary("or", I, in);
            case SHL_I32 -> binary("shl", I, in);
            case SHR_I32 -> binary("lshr", I, in);
            case LESS_I32 -> text.value("icmp slt " + I + " " + in.get(0) + ", " + in.get(1));
            case SUM_I32 -> sum(in.get(0));
            case SPLAT_I64 -> text.splat(text.value("trunc i64 " + in.get(0) + " to i32"), "i32");
            case FIRST_I32 ->
                text.value("sext i32 " + text.value("extractelement " + I + " " + in.get(0) + ", i64 0") + " to i64");
            case TO_F32 -> text.value("sitofp " + I + " " + in.get(0) + " to " + F);
            case BITS_TO_F32 -> text.value("bitcast " + I + " " + in.get(0) + " to " + F);
            case BITS_TO_I32 -> text.value("bitcast " + F + " " + in.get(0) + " to " + I);
            case AND_I8 -> binary("and", B, in);
            case OR_I8 -> binary("or", B, in);
            case SUB_I8 -> binary("sub", B, in);
            case SHL_I8 -> shift("shl", node, in);
            case SHR_I8 -> shift("lshr", node, in);
            default -> throw Failure.of(FailureCode.INTERNAL, "No LLVM for " + node);
        };
    }

    private String binary(String instruction, String type, List<String> in) {
        return text.value(instruction + " " + type + " " + in.get(0) + ", " + in.get(1));
    }

    private String shift(String instruction, Node node, List<String> in) {
        long bits = node.attr(Attr.Whole.class).value();
        return text.value(instruction + " " + B + " " + in.get(0) + ", splat (i8 " + bits + ")");
    }

    private String select(List<String> in) {
        return text.value("select <16 x i1> " + in.get(0) + ", " + F + " " + in.get(1) + ", " + F + " " + in.get(2));
    }

    /** {@code a condition b ? a : b}. */
    private String choose(String condition, String type, String a, String b) {
        String lanes = type.substring(1, type.indexOf(' '));
        String takes = text.value("fcmp " + condition + " " + type + " " + a + ", " + b);
        return text.value("select <" + lanes + " x i1> " + takes + ", " + type + " " + a + ", " + type + " " + b);
    }

    /** Lane i with lane i + 8, then 4, 2, 1. */
    private String tree(String vector, boolean add) {
        String value = vector;
        for (int lanes = 8; lanes >= 1; lanes /= 2) {
            String whole = "<" + 2 * lanes + " x float>";
            String half = "<" + lanes + " x float>";
            String low = text.part(value, whole, 0, lanes);
            String high = text.part(value, whole, lanes, lanes);
            value = add ? text.value("fadd " + half + " " + low + ", " + high) : choose("ogt", half, low, high);
        }
        return text.splat(text.value("extractelement <1 x float> " + value + ", i64 0"), "float");
    }

    private String sum(String vector) {
        text.declare("declare i32 @llvm.vector.reduce.add.v16i32(<16 x i32>)");
        return text.splat(text.value("call i32 @llvm.vector.reduce.add.v16i32(<16 x i32> " + vector + ")"), "i32");
    }

    private String swap(String vector) {
        String indices =
                IntStream.range(0, 16).mapToObj(i -> "i32 " + (i ^ 1)).collect(Collectors.joining(", ", "<", ">"));
        return text.value("shufflevector " + F + " " + vector + ", " + F + " poison, <16 x i32> " + indices);
    }
}
