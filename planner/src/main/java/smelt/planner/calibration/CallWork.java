package smelt.planner.calibration;

import java.util.List;
import smelt.compiler.StepProgram;
import smelt.graph.Attr;
import smelt.graph.Cost;

/**
 * What one call of a kernel has to do, as far as its time depends on it.
 *
 * @param kind what it does, for people and to tell row work apart: the operations' names
 * @param matrices that it multiplies each row with
 * @param cost of one token
 * @param width columns of the residual stream
 * @param wanted whether it computes only the rows whose logits are wanted
 */
public record CallWork(String kind, List<Matrix> matrices, Cost cost, int width, boolean wanted) {
    public CallWork {
        matrices = List.copyOf(matrices);
    }

    /**
     * Matrices of one type in one product.
     *
     * @param type of their blocks
     * @param wide whether activations have 16 bits
     * @param bytes packed, of those that one row reads
     * @param stackedBytes of all that there are to choose from; the same but for experts
     * @param outputs columns that come out
     */
    public record Matrix(String type, boolean wide, long bytes, long stackedBytes, long outputs) {
        /** Of {@code rows} rows that choose at random: bytes that at least one of them reads. */
        double bytesRead(int rows) {
            double share = (double) bytes / stackedBytes;
            return stackedBytes * (1 - Math.pow(1 - share, rows));
        }

        boolean isStacked() {
            return stackedBytes > bytes;
        }
    }

    /** @param wanted whether the call belongs to the head */
    public static CallWork of(StepProgram.Call call, int width, boolean wanted) {
        List<Matrix> matrices = call.products().stream().map(CallWork::matrix).toList();
        return new CallWork(kind(call), matrices, call.cost(), width, wanted);
    }

    private static Matrix matrix(StepProgram.Product product) {
        long bytes = product.bytes();
        return new Matrix(
                product.weight().dtype().name(),
                product.wide(),
                bytes * product.used(),
                bytes * product.weight().count(),
                (long) product.weight().rows() * product.used());
    }

    /** The name without its place: {@code layer3_0_rms_norm_quantise} is work of the kind {@code rms_norm_quantise}. */
    private static String kind(StepProgram.Call call) {
        String name = call.kernel().attr(Attr.Text.class).value();
        return name.replaceFirst("^[a-z]+\\d*_\\d+_", "");
    }

    boolean isProduct() {
        return !matrices.isEmpty();
    }

    boolean isAttention() {
        return !cost.attention().isEmpty();
    }

    /** Rows that it computes in such a step. */
    int rows(StepShape step) {
        return wanted ? step.sequences() : step.rows();
    }

    /** For each row; where nobody counts them, as many as there are columns. */
    double floats() {
        return Math.max(cost.floatOperations(), width);
    }
}
