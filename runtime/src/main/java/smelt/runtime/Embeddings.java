package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.blocks.BlockFormat;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.Attr;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;

/**
 * Looks up the rows of a step's tokens and positions in the model file's own tables. It is all that is read from the
 * file once the model is loaded: a file that is removed or replaced by renaming stays as it was, one that is cut short
 * makes steps fail.
 */
final class Embeddings {
    private final ModelFile file;
    private final @Nullable Table tokens;
    private final @Nullable Table positions;

    private record Table(Tensor tensor, BlockFormat.Decoder decoder, int columns, float[] row) {
        void write(int index, MemorySegment target, long offset) {
            decoder.decode(tensor.data(), index * tensor.type().bytes(columns), row, 0, columns);
            MemorySegment.copy(row, 0, target, ValueLayout.JAVA_FLOAT, offset, columns);
        }

        long rows() {
            return tensor.elements() / columns;
        }
    }

    Embeddings(ModelFile file, Section section) {
        this.file = file;
        tokens = find(file, section, Op.TOKEN_EMBEDDING);
        positions = find(file, section, Op.POSITION_EMBEDDING);
    }

    private static @Nullable Table find(ModelFile file, Section section, Op op) {
        return section.output().expression().stream()
                .filter(node -> node.op() == op)
                .findFirst()
                .map(node -> table(file, section, node))
                .orElse(null);
    }

    private static Table table(ModelFile file, Section section, Node node) {
        String slot = node.input(0).attr(Attr.Slot.class).name();
        Section.Stored stored = Objects.requireNonNull(section.weights().get(slot), slot);
        Tensor tensor =
                Objects.requireNonNull(file.tensors().get(stored.tensors().get(0)), slot);
        BlockFormat.Decoder decoder = BlockFormat.of(tensor.type()).decoder(node.width());
        return new Table(tensor, decoder, node.width(), new float[node.width()]);
    }

    /** The tables as they lie in the file. */
    List<MemorySegment> tables() {
        return Stream.of(tokens, positions)
                .filter(Objects::nonNull)
                .map(table -> table.tensor().data())
                .toList();
    }

    /**
     * Before a step reads rows.
     *
     * @throws Failure CORRUPT where the file has become shorter
     */
    void checkFile() {
        file.checkLength();
    }

    /** Writes the rows of {@code chunk}, the first of which is row {@code row} of the step. */
    void write(StepBatch.Chunk chunk, int row, MemorySegment tokenRows, MemorySegment positionRows, int stride) {
        try {
            for (int i = 0; i < chunk.tokens().length; i++) {
                long offset = (long) (row + i) * stride;
                int token = chunk.tokens()[i];
                int position = chunk.firstPosition() + i;
                if (tokens != null) {
                    tokens.write(token, tokenRows, offset);
                }
                if (positions != null) {
                    writePosition(positions, position, positionRows, offset);
                }
            }
        } catch (InternalError e) {
            throw PackedWeights.unreadable(e);
        }
    }

    private static void writePosition(Table table, int position, MemorySegment target, long offset) {
        if (position >= table.rows()) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "Position " + position + " has no embedding; the model has " + table.rows());
        }
        table.write(position, target, offset);
    }
}
