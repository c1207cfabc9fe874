package smelt.models;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile.Format;
import smelt.formats.Tensor;
import smelt.graph.Node;
import smelt.graph.Section;
import smelt.graph.Section.Stored;

/** Binds the slots of one section to tensors of the file, checking shape and type of each. */
final class Weights {
    private final Checkpoint file;
    private final int layer;
    private final Map<String, Stored> bound = new HashMap<>();

    Weights(Checkpoint file, int layer) {
        this.file = file;
        this.layer = layer;
    }

    Section section(Node output) {
        return new Section(output, bound);
    }

    /** Whether the file has the slot's tensor. */
    boolean has(String slot) {
        return file.names().has(base(slot)) && file.has(name(slot));
    }

    void require(String slot) {
        file.get(name(slot), "");
    }

    /** Rows of a table, as the file has them. */
    int rows(String slot) {
        Tensor tensor = file.get(name(slot), "[rows, columns]");
        long rows = tensor.shape().isEmpty() ? 0 : tensor.shape().getFirst();
        if (rows < 1 || rows > Integer.MAX_VALUE) {
            throw Failure.of(FailureCode.MALFORMED, "Tensor '" + tensor.name() + "' has " + rows + " rows");
        }
        return (int) rows;
    }

    /** [rows, columns]. */
    Node matrix(String slot, int rows, int columns) {
        return matrix(slot, slot, rows, columns);
    }

    /** Binds {@code slot} to the tensor of another one: a tied head. */
    Node matrix(String slot, String source, int rows, int columns) {
        boolean transposed = file.format() == Format.SAFETENSORS && file.names().isTransposed(base(source));
        List<Long> shape = List.of((long) rows, (long) columns);
        Tensor tensor = expect(name(source), transposed ? shape.reversed() : shape);
        bound.put(slot, new Stored(List.of(tensor.name()), transposed));
        return file.graph().weight(slot, tensor.type(), rows, columns);
    }

    /** Read as f32 whatever its type in the file, so that it makes no difference between layers. */
    Node vector(String slot, int columns) {
        Tensor tensor = expect(name(slot), List.of((long) columns));
        bound.put(slot, new Stored(List.of(tensor.name()), false));
        return file.graph().vector(slot, DType.F32, columns);
    }

    /** The first row of a table. */
    Node firstRow(String slot, int columns) {
        Tensor tensor = expect(name(slot), List.of((long) rows(slot), (long) columns));
        bound.put(slot, new Stored(List.of(tensor.name()), false));
        return file.graph().vector(slot, DType.F32, columns);
    }

    /** {@code count} matrices [rows, columns]: one stacked tensor, or one tensor for each expert. */
    Node experts(String slot, int count, int rows, int columns) {
        String name = name(slot);
        if (!name.contains("%e")) {
            Tensor tensor = expect(name, List.of((long) count, (long) rows, (long) columns));
            bound.put(slot, new Stored(List.of(tensor.name()), false));
            return file.graph().experts(slot, tensor.type(), count, rows, columns);
        }
        return stacked(slot, name, count, rows, columns);
    }

    private Node stacked(String slot, String pattern, int count, int rows, int columns) {
        List<Long> shape = List.of((long) rows, (long) columns);
        DType type = expect(pattern.replace("%e", "0"), shape).type();
        List<Tensor> tensors = IntStream.range(0, count)
                .mapToObj(expert -> expect(pattern.replace("%e", Integer.toString(expert)), shape))
                .toList();
        for (Tensor tensor : tensors) {
            if (tensor.type() != type) {
                throw Failure.of(
                        FailureCode.UNSUPPORTED,
                        "Expert '" + tensor.name() + "' is " + tensor.type() + " where the first is " + type);
            }
        }
        bound.put(slot, new Stored(tensors.stream().map(Tensor::name).toList(), false));
        return file.graph().experts(slot, type, count, rows, columns);
    }

    private Tensor expect(String name, List<Long> shape) {
        Tensor tensor = file.get(name, shape);
        if (!tensor.shape().equals(shape)) {
            throw Failure.of(
                    FailureCode.MALFORMED,
                    "Tensor '" + tensor.name() + "' must have shape " + shape + " but has " + tensor.shape());
        }
        if (!tensor.type().isFloat() && !tensor.type().isQuantised()) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "Tensor '" + tensor.name() + "' of type " + tensor.type() + " cannot be a weight");
        }
        return tensor;
    }

    private String name(String slot) {
        String base = base(slot);
        return file.names().name(file.format(), base, layer) + slot.substring(base.length());
    }

    /** {@code attn_q.bias} has the names of {@code attn_q}. */
    private static String base(String slot) {
        return slot.substring(0, slot.lastIndexOf('.'));
    }
}
