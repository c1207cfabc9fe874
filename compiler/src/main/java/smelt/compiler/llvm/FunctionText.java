package smelt.compiler.llvm;

import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The text of one LLVM function as it grows: an entry block for what must stand first, then the body. */
final class FunctionText {
    private final StringBuilder entry = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final Set<String> declarations = new TreeSet<>();
    private String first = "";
    private String last = "";
    private int values;
    private int labels;
    private String label = "start";

    /** Appends an instruction that has a result, and gives its name. */
    String value(String instruction) {
        String name = "%v" + values++;
        body.append("  ").append(name).append(" = ").append(instruction).append('\n');
        return name;
    }

    void statement(String instruction) {
        body.append("  ").append(instruction).append('\n');
    }

    /** An instruction of the entry block under a name of the caller's. */
    void entry(String name, String instruction) {
        entry.append("  ").append(name).append(" = ").append(instruction).append('\n');
    }

    void declare(String declaration) {
        declarations.add(declaration);
    }

    /** A constant of the module. */
    void global(String name, String value) {
        declare(name + " = " + value);
    }

    /** Statements that the function begins and ends with; the same each time they are given. */
    void frame(String begin, String end) {
        first = "  " + begin + "\n";
        last = "  " + end + "\n";
    }

    /** Calls an intrinsic whose operands are all of one type. */
    String call(String result, String name, String operandType, String... operands) {
        StringJoiner types = new StringJoiner(", ");
        StringJoiner values = new StringJoiner(", ");
        for (String operand : operands) {
            types.add(operandType);
            values.add(operandType + " " + operand);
        }
        declare("declare " + result + " @" + name + "(" + types + ")");
        return value("call " + result + " @" + name + "(" + values + ")");
    }

    /** Lanes first to first + count - 1 of a vector. */
    String part(String vector, String type, int first, int count) {
        return value("shufflevector " + type + " " + vector + ", " + type + " poison, <" + count + " x i32> "
                + indices(first, count));
    }

    /** Two vectors of {@code type} one after another, {@code lanes} in all. */
    String join(String a, String b, String type, int lanes) {
        return value("shufflevector " + type + " " + a + ", " + type + " " + b + ", <" + lanes + " x i32> "
                + indices(0, lanes));
    }

    /** A scalar in 16 lanes. */
    String splat(String scalar, String type) {
        String vector = "<16 x " + type + ">";
        String one = value("insertelement " + vector + " poison, " + type + " " + scalar + ", i64 0");
        return value("shufflevector " + vector + " " + one + ", " + vector + " poison, <16 x i32> zeroinitializer");
    }

    static String indices(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> "i32 " + i)
                .collect(Collectors.joining(", ", "<", ">"));
    }

    String newLabel(String hint) {
        return hint + labels++;
    }

    /** Starts a block; the one before must have ended in a branch. */
    void startBlock(String name) {
        body.append(name).append(":\n");
        label = name;
    }

    /** Label of the block that is open. */
    String openBlock() {
        return label;
    }

    String function(String symbol) {
        return "define void @" + symbol + "(ptr noalias readonly %args, i32 %thread, i32 %threads) #0 {\nentry:\n"
                + entry + first + "  br label %start\nstart:\n" + body + last + "  ret void\n}\n";
    }

    Set<String> declarations() {
        return declarations;
    }
}
