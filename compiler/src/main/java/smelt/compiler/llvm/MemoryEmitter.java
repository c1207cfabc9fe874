package smelt.compiler.llvm;

import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.MemoryKind;
import smelt.graph.Node;

/** LOAD, STORE and what else touches memory. */
final class MemoryEmitter {
    private final FunctionText text;

    MemoryEmitter(FunctionText text) {
        this.text = text;
    }

    private static MemoryKind kind(Node node) {
        return node.attr(Attr.Memory.class).kind();
    }

    private String read(String type, String pointer, int align) {
        return text.value("load " + type + ", ptr " + pointer + ", align " + align);
    }

    private void write(String type, String value, String pointer, int align) {
        text.statement("store " + type + " " + value + ", ptr " + pointer + ", align " + align);
    }

    private String pointer(String address) {
        return text.value("inttoptr i64 " + address + " to ptr");
    }

    String load(Node node, String address) {
        String p = pointer(address);
        return switch (kind(node)) {
            case F32 -> read("<16 x float>", p, 4);
            case F16 -> text.value("fpext <16 x half> " + read("<16 x half>", p, 2) + " to <16 x float>");
            case BF16 -> {
                String wide = text.value("zext <16 x i16> " + read("<16 x i16>", p, 2) + " to <16 x i32>");
                String bits = text.value("shl <16 x i32> " + wide + ", splat (i32 16)");
                yield text.value("bitcast <16 x i32> " + bits + " to <16 x float>");
            }
            case I32 -> read("<16 x i32>", p, 4);
            case U8 -> text.value("zext <16 x i8> " + read("<16 x i8>", p, 1) + " to <16 x i32>");
            case S8 -> text.value("sext <16 x i8> " + read("<16 x i8>", p, 1) + " to <16 x i32>");
            case I8 -> read("<64 x i8>", p, 1);
            case ONE_F32 -> text.splat(read("float", p, 4), "float");
            case ONE_I32 -> text.splat(read("i32", p, 4), "i32");
            case ONE_F16 -> text.splat(text.value("fpext half " + read("half", p, 2) + " to float"), "float");
            case ONE_I8X4 -> text.value("bitcast <16 x i32> " + text.splat(read("i32", p, 1), "i32") + " to <64 x i8>");
            case ONE_U8 -> throw Failure.of(FailureCode.INTERNAL, "No load of kind " + kind(node));
            case WORD -> text.value("sext i32 " + read("i32", p, 4) + " to i64");
            case LONG -> read("i64", p, 8);
        };
    }

    void store(Node node, String address, String value) {
        String p = pointer(address);
        switch (kind(node)) {
            case F32 -> write("<16 x float>", value, p, 4);
            case F16 -> write("<16 x half>", text.value("fptrunc <16 x float> " + value + " to <16 x half>"), p, 2);
            case I32 -> write("<16 x i32>", value, p, 4);
            case U8 -> write("<16 x i8>", text.value("trunc <16 x i32> " + value + " to <16 x i8>"), p, 1);
            case I8 -> write("<64 x i8>", value, p, 1);
            case ONE_F32 -> write("float", first("<16 x float>", value), p, 4);
            case ONE_I32 -> write("i32", first("<16 x i32>", value), p, 4);
            case ONE_F16 ->
                write("half", text.value("fptrunc float " + first("<16 x float>", value) + " to half"), p, 2);
            case ONE_U8 -> write("i8", text.value("trunc i32 " + first("<16 x i32>", value) + " to i8"), p, 1);
            case WORD -> write("i32", text.value("trunc i64 " + value + " to i32"), p, 4);
            case LONG -> write("i64", value, p, 8);
            case BF16, S8, ONE_I8X4 -> throw Failure.of(FailureCode.INTERNAL, "No store of kind " + kind(node));
        }
    }

    /** Orders nothing else: the barrier after each kernel does. */
    String take(String address, String count) {
        return text.value("atomicrmw add ptr " + pointer(address) + ", i64 " + count + " monotonic, align 8");
    }

    private String first(String type, String vector) {
        return text.value("extractelement " + type + " " + vector + ", i64 0");
    }

    /** {@code locality} as LLVM counts it: 3 is the nearest cache. */
    void prefetch(String address, int locality) {
        text.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)");
        text.statement("call void @llvm.prefetch.p0(ptr " + pointer(address) + ", i32 0, i32 " + locality + ", i32 1)");
    }
}
