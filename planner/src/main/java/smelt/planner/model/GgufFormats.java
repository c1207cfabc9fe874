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

    private record Sum(double bytes, double numbers) {
        Sum plus(Tensor tensor) {
            return new Sum(bytes + tensor.data().byteSize(), numbers + tensor.elements());
        }
    }

    private GgufFormats() {}

    static NumberFormats of(ModelFile file) {
        Map<Part, Sum> sums = new EnumMap<>(Part.class);
        Map<Part, String> names = new EnumMap<>(Part.class);
        double largest = 0;
        WeightFormat main = FormatNames.weights(DType.F32);
        for (Tensor tensor : file.tensors().values()) {
            Part part = part(tensor);
            sums.put(part, sums.getOrDefault(part, new Sum(0, 0)).plus(tensor));
            if (part != Part.WIDE && tensor.elements() > largest) {
                largest = tensor.elements();
                main = FormatNames.weights(tensor.type());
            }
            names.putIfAbsent(part, FormatNames.weights(tensor.type()).name());
        }
        Precision arithmetic = main.arithmetic();
        WeightFormat attention = format(sums, names, Part.ATTENTION, main);
        WeightFormat feedForward = format(sums, names, Part.FEED_FORWARD, attention);
        return new NumberFormats(
                attention,
                feedForward,
                format(sums, names, Part.EXPERTS, feedForward),
                format(sums, names, Part.WIDE, main),
                arithmetic,
                arithmetic == Precision.F32 ? 4 : 2);
    }

    private static WeightFormat format(Map<Part, Sum> sums, Map<Part, String> names, Part part, WeightFormat fallback) {
        Sum sum = sums.getOrDefault(part, new Sum(0, 0));
        return sum.numbers() == 0
                ? fallback
                : new WeightFormat(
                        names.getOrDefault(part, fallback.name()),
                        Math.max(0.1, 8 * sum.bytes() / sum.numbers()),
                        fallback.arithmetic());
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
