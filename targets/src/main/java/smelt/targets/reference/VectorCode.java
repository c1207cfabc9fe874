package smelt.targets.reference;

import java.util.Arrays;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.Node;

/** The pure operations on vectors, lane by lane in Java's own IEEE arithmetic. */
final class VectorCode {
    private VectorCode() {}

    private interface FloatBinary {
        float apply(float a, float b);
    }

    private interface IntBinary {
        int apply(int a, int b);
    }

    private interface IntUnary {
        int apply(int a);
    }

    static Interpreter.Code of(Node node, int[] in, int to) {
        return switch (node.op()) {
            case SPLAT_F32 -> {
                float value = node.attr(Attr.Real.class).value();
                yield frame -> Arrays.fill(frame.floats[to], value);
            }
            case ADD_F32 -> floats(in, to, (a, b) -> a + b);
            case SUB_F32 -> floats(in, to, (a, b) -> a - b);
            case MUL_F32 -> floats(in, to, (a, b) -> a * b);
            case DIV_F32 -> floats(in, to, (a, b) -> a / b);
            case MAX_F32 -> floats(in, to, (a, b) -> a > b ? a : b);
            case MIN_F32 -> floats(in, to, (a, b) -> a < b ? a : b);
            case SQRT_F32 -> floats(in, to, (a, b) -> (float) Math.sqrt(a));
            case ABS_F32 -> floats(in, to, (a, b) -> Math.abs(a));
            case FMA_F32 -> fma(in, to);
            case LESS_F32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.masks[to][i] = frame.floats[in[0]][i] < frame.floats[in[1]][i];
                    }
                };
            case SELECT_F32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.floats[to][i] = frame.masks[in[0]][i] ? frame.floats[in[1]][i] : frame.floats[in[2]][i];
                    }
                };
            case SUM_F32 -> tree(in[0], to, Float::sum);
            case TOP_F32 -> tree(in[0], to, (a, b) -> a > b ? a : b);
            case SWAP_F32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.floats[to][i] = frame.floats[in[0]][i ^ 1];
                    }
                };
            case TO_F32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.floats[to][i] = frame.ints[in[0]][i];
                    }
                };
            case BITS_TO_F32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.floats[to][i] = Float.intBitsToFloat(frame.ints[in[0]][i]);
                    }
                };
            default -> integers(node, in, to);
        };
    }

    private static Interpreter.Code integers(Node node, int[] in, int to) {
        return switch (node.op()) {
            case SPLAT_I32 -> {
                int value = (int) whole(node);
                yield ints(to, i -> value);
            }
            case LANES -> ints(to, i -> i);
            case ADD_I32 -> ints(in, to, (a, b) -> a + b);
            case SUB_I32 -> ints(in, to, (a, b) -> a - b);
            case MUL_I32 -> ints(in, to, (a, b) -> a * b);
            case AND_I32 -> ints(in, to, (a, b) -> a & b);
            case OR_I32 -> ints(in, to, (a, b) -> a | b);
            case SHL_I32 -> ints(in, to, (a, b) -> a << b);
            case SHR_I32 -> ints(in, to, (a, b) -> a >>> b);
            case SPLAT_I64 -> frame -> Arrays.fill(frame.ints[to], (int) frame.longs[in[0]]);
            case FIRST_I32 -> frame -> frame.longs[to] = frame.ints[in[0]][0];
            case SUM_I32 ->
                frame -> Arrays.fill(
                        frame.ints[to], Arrays.stream(frame.ints[in[0]]).sum());
            case LESS_I32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.masks[to][i] = frame.ints[in[0]][i] < frame.ints[in[1]][i];
                    }
                };
            case BITS_TO_I32 ->
                frame -> {
                    for (int i = 0; i < 16; i++) {
                        frame.ints[to][i] = Float.floatToRawIntBits(frame.floats[in[0]][i]);
                    }
                };
            default -> bytes(node, in, to);
        };
    }

    private static Interpreter.Code bytes(Node node, int[] in, int to) {
        return switch (node.op()) {
            case SPLAT_I8 -> {
                byte value = (byte) whole(node);
                yield frame -> Arrays.fill(frame.bytes[to], value);
            }
            case AND_I8 -> bytes(in, to, (a, b) -> a & b);
            case OR_I8 -> bytes(in, to, (a, b) -> a | b);
            case SUB_I8 -> bytes(in, to, (a, b) -> a - b);
            case SHL_I8 -> {
                int bits = (int) whole(node);
                yield bytes(in, to, (a, b) -> a << bits);
            }
            case SHR_I8 -> {
                int bits = (int) whole(node);
                yield bytes(in, to, (a, b) -> (a & 0xff) >>> bits);
            }
            case TABLE_I8 -> {
                List<Byte> table = node.attr(Attr.Bytes.class).values();
                yield bytes(in, to, (a, b) -> table.get(a));
            }
            case DOT_I8 -> dot(in, to);
            default -> throw Failure.of(FailureCode.INTERNAL, "The interpreter has no " + node);
        };
    }

    private static long whole(Node node) {
        return node.attr(Attr.Whole.class).value();
    }

    private static Interpreter.Code floats(int[] in, int to, FloatBinary operator) {
        int a = in[0];
        int b = in[in.length - 1];
        return frame -> {
            for (int i = 0; i < 16; i++) {
                frame.floats[to][i] = operator.apply(frame.floats[a][i], frame.floats[b][i]);
            }
        };
    }

    private static Interpreter.Code fma(int[] in, int to) {
        return frame -> {
            float[] a = frame.floats[in[0]];
            float[] b = frame.floats[in[1]];
            float[] c = frame.floats[in[2]];
            float[] result = frame.floats[to];
            for (int i = 0; i < 16; i++) {
                result[i] = Math.fma(a[i], b[i], c[i]);
            }
        };
    }

    private static Interpreter.Code tree(int from, int to, FloatBinary operator) {
        return frame -> {
            float[] lanes = frame.floats[from].clone();
            for (int half = 8; half >= 1; half /= 2) {
                for (int i = 0; i < half; i++) {
                    lanes[i] = operator.apply(lanes[i], lanes[i + half]);
                }
            }
            Arrays.fill(frame.floats[to], lanes[0]);
        };
    }

    private static Interpreter.Code ints(int to, IntUnary ofLane) {
        return frame -> {
            for (int i = 0; i < 16; i++) {
                frame.ints[to][i] = ofLane.apply(i);
            }
        };
    }

    private static Interpreter.Code ints(int[] in, int to, IntBinary operator) {
        return frame -> {
            for (int i = 0; i < 16; i++) {
                frame.ints[to][i] = operator.apply(frame.ints[in[0]][i], frame.ints[in[1]][i]);
            }
        };
    }

    private static Interpreter.Code bytes(int[] in, int to, IntBinary operator) {
        int a = in[0];
        int b = in[in.length - 1];
        return frame -> {
            for (int i = 0; i < 64; i++) {
                frame.bytes[to][i] = (byte) operator.apply(frame.bytes[a][i], frame.bytes[b][i]);
            }
        };
    }

    private static Interpreter.Code dot(int[] in, int to) {
        return frame -> {
            byte[] unsigned = frame.bytes[in[1]];
            byte[] signed = frame.bytes[in[2]];
            for (int i = 0; i < 16; i++) {
                int sum = frame.ints[in[0]][i];
                for (int j = 4 * i; j < 4 * i + 4; j++) {
                    sum += (unsigned[j] & 0xff) * signed[j];
                }
                frame.ints[to][i] = sum;
            }
        };
    }
}
