package smelt.planner.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import smelt.base.DType;
import smelt.graph.Cost;
import smelt.planner.calibration.StepTimes.Calls;
import smelt.planner.model.Attention;
import smelt.planner.model.FeedForward;
import smelt.planner.model.LayerGroup;
import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;
import smelt.planner.model.WeightFormat;

/**
 * The calls of a step, by a model's shape alone: products and attention as they are planned for files of it. Work on
 * rows is counted by columns.
 */
final class ShapeWork {
    /** Float operations of a column: norm, rotation, rounding, as {@link Cost} counts them. */
    private static final int ROW_FLOATS = 8;
    /** Of an activation: an exponential, and the products around it. */
    private static final int INNER_FLOATS = 22;

    private final ModelShape shape;
    private final NumberFormats formats;
    private final List<Calls> calls = new ArrayList<>();

    private ShapeWork(ModelShape shape, NumberFormats formats) {
        this.shape = shape;
        this.formats = formats;
    }

    /** Empty where layers are of a kind whose kernels nobody calibrates. */
    static Optional<List<Calls>> of(ModelShape shape, NumberFormats formats) {
        var work = new ShapeWork(shape, formats);
        for (LayerGroup group : shape.layers()) {
            if (!(group.attention() instanceof Attention.Grouped grouped)) {
                return Optional.empty();
            }
            work.attention(grouped, group.count());
            work.feedForward(group.feedForward(), group.count());
        }
        work.rows("rms_norm_quantise", (long) shape.hidden() * ROW_FLOATS, 1, true);
        work.product(
                "head",
                1,
                true,
                List.of(work.matrix(formats.keptWide(), true, shape.hidden(), shape.vocabulary(), 1, 1)));
        return Optional.of(work.calls);
    }

    /** Packed bytes that a step of one token reads. */
    static double workingSet(List<Calls> calls) {
        return Math.max(
                1,
                calls.stream()
                        .mapToDouble(each -> (double) each.count()
                                * each.work().matrices().stream()
                                        .mapToDouble(CallWork.Matrix::bytes)
                                        .sum())
                        .sum());
    }

    private void attention(Attention.Grouped a, int count) {
        int hidden = shape.hidden();
        long queries = (long) a.heads() * a.headSize();
        long keys = (long) a.kvHeads() * a.headSize();
        long values = (long) a.kvHeads() * a.valueSize();
        long outputs = queries + keys + values + (a.gated() ? queries : 0);
        rows("rms_norm_quantise", (long) hidden * ROW_FLOATS, count, false);
        product("qkv", count, false, List.of(matrix(formats.weights(), true, hidden, outputs, 1, 1)));
        rows("rope_keep", (queries + keys + values) * ROW_FLOATS, count, false);
        var looking = new Cost.Looking(a.window(), keys + values, 4 * queries);
        add(new CallWork("attend", List.of(), new Cost(0, 0, 0, List.of(looking)), hidden, false), count);
        long attended = (long) a.heads() * a.valueSize();
        product("attention output", count, false, List.of(matrix(formats.weights(), false, attended, hidden, 1, 1)));
    }

    private void feedForward(FeedForward feedForward, int count) {
        switch (feedForward) {
            case FeedForward.Dense dense -> {
                if (dense.inner() > 0) {
                    dense(formats.feedForward(), dense.inner(), dense.gated(), 1, 1, count);
                }
            }
            case FeedForward.Experts experts -> {
                dense(
                        formats.expertWeights(),
                        experts.inner(),
                        experts.gated(),
                        experts.active(),
                        experts.routed(),
                        count);
                if (experts.shared() > 0) {
                    int inner = experts.shared() * experts.sharedInner();
                    dense(formats.feedForward(), inner, experts.gated(), 1, 1, count);
                }
            }
        }
    }

    private void dense(WeightFormat format, int inner, boolean gated, int used, int all, int count) {
        int hidden = shape.hidden();
        rows("rms_norm_quantise", (long) hidden * ROW_FLOATS, count, false);
        long outputs = gated ? 2L * inner : inner;
        product("gate and up", count, false, List.of(matrix(format, false, hidden, outputs, used, all)));
        rows("quantise", (long) inner * used * INNER_FLOATS, count, false);
        product("down", count, false, List.of(matrix(format, false, inner, hidden, used, all)));
    }

    private void rows(String kind, long floats, int count, boolean wanted) {
        add(new CallWork(kind, List.of(), new Cost(0, 0, floats, List.of()), shape.hidden(), wanted), count);
    }

    private void product(String kind, int count, boolean wanted, List<CallWork.Matrix> matrices) {
        add(new CallWork(kind, matrices, Cost.NONE, shape.hidden(), wanted), count);
    }

    private void add(CallWork work, int count) {
        calls.add(new Calls(work, count));
    }

    private CallWork.Matrix matrix(WeightFormat format, boolean wide, long columns, long rows, int used, int all) {
        DType type = type(format);
        long bytes = format.bytes(columns * rows);
        return new CallWork.Matrix(type.name(), wide && type.isQuantised(), bytes * used, bytes * all, rows * used);
    }

    /** The type of that name, or the one with about as many bits: mixes have several. */
    private static DType type(WeightFormat format) {
        String name = format.name().toUpperCase(Locale.ROOT);
        return Stream.of(DType.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseGet(() -> Stream.of(DType.values())
                        .filter(type -> type.isQuantised() || type == DType.F16 || type == DType.F32)
                        .min(Comparator.comparingDouble(
                                type -> Math.abs(Math.log(type.bytes(256) / 32.0 / format.bitsPerWeight()))))
                        .orElseThrow());
    }
}
