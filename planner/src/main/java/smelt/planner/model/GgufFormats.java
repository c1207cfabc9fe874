package smelt.planner.model;

import java.util.EnumMap;
import java.util.Map;
import smelt.base.DType;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.planner.catalogue.Precision;

/** How a GGUF file keeps its numbers, as averages over what is treated alike. */
final class GgufFormats {
    private enum Part {
        ATTENTION,
        FEED_FORWARD,
        EXPERTS,
        WIDE
    }

    /** What the tensors of a part add up to; named after the largest. */
    private record Sum(double bytes, double numbers, long largest, WeightFormat named) {
        static final Sum NONE = new Sum(0, 0, 0, FormatNames.weights(DType.F32));

        Sum plus(Tensor tensor) {
            boolean larger = tensor.elements() > largest;
            return new Sum(
                    bytes + tensor.data().byteSize(),
                    numbers + tensor.elements(),
                    larger ? tensor.elements() : largest,
                    larger ? FormatNames.weights(tensor.type()) : named);
        }

        WeightFormat format() {
            return new WeightFormat(named.name(), Math.max(0.1, 8 * bytes / numbers), named.arithmetic());
        }
    }

    private GgufFormats() {}

    static NumberFormats of(ModelFile file) {
        Map<Part, Sum> sums = new EnumMap<>(Part.class);
        for (Tensor tensor : file.tensors().values()) {
            sums.merge(part(tensor), Sum.NONE.plus(tensor), (sum, one) -> sum.plus(tensor));
        }
        WeightFormat attention = format(sums, Part.ATTENTION, Sum.NONE.named());
        WeightFormat feedForward = format(sums, Part.FEED_FORWARD, attention);
        WeightFormat experts = format(sums, Part.EXPERTS, feedForward);
        Precision arithmetic = experts.arithmetic();
        return new NumberFormats(
                attention,
                feedForward,
                experts,
                format(sums, Part.WIDE, attention),
                arithmetic,
                arithmetic == Precision.F32 ? 4 : 2);
    }

    private static WeightFormat format(Map<Part, Sum> sums, Part part, WeightFormat fallback) {
        Sum sum = sums.getOrDefault(part, Sum.NONE);
        return sum.numbers() == 0 ? fallback : sum.format();
    }

    private static Part part(Tensor tensor) {
        String name = tensor.name();
        if (tensor.shape().size() < 2 || !name.startsWith("blk.") || name.contains("ffn_gate_inp")) {
            return Part.WIDE;
        }
        if (name.contains("_exps.")) {
            return Part.EXPERTS;
        }
        return name.contains(".ffn_") ? Part.FEED_FORWARD : Part.ATTENTION;
    }
}
