package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;
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
    /** Linux maps 64 KiB of a file around each row that is read: 128 rows bring up to 8 MiB into this process. */
    private static final int MAPPED_ROWS = 128;
    /** Tables of fewer bytes may stay mapped as a whole. */
    private static final long SMALL = 32 << 20;

    private final ModelFile file;
    private final List<MemorySegment> large;
    private int mapped;
    private final @Nullable Table tokens;
    private final @Nullable Table positions;
    /** Rows of the two texts of a pair, which are added to those of positions. */
    private final @Nullable Table types;
    /** Row of position 0. */
    private final int firstPosition;

    private record Table(Tensor tensor, BlockFormat.Decoder decoder, int columns, float[] row) {
        void write(int index, MemorySegment target, long offset) {
            decoder.decode(tensor.data(), index * tensor.type().bytes(columns), row, 0, columns);
            MemorySegment.copy(row, 0, target, ValueLayout.JAVA_FLOAT, offset, columns);
        }

        void add(int index, MemorySegment target, long offset) {
            decoder.decode(tensor.data(), index * tensor.type().bytes(columns), row, 0, columns);
            for (int i = 0; i < columns; i++) {
                long at = offset + 4L * i;
                float sum = target.get(ValueLayout.JAVA_FLOAT, at) + row[i];
                target.set(ValueLayout.JAVA_FLOAT, at, sum);
            }
        }

        long rows() {
            return tensor.elements() / columns;
        }
    }

    Embeddings(ModelFile file, Section section) {
        this.file = file;
        tokens = find(section, Op.TOKEN_EMBEDDING)
                .map(node -> table(file, section, node, 0))
                .orElse(null);
        Optional<Node> position = find(section, Op.POSITION_EMBEDDING);
        positions = position.map(node -> table(file, section, node, 0)).orElse(null);
        types = position.filter(node -> node.inputs().size() > 1)
                .map(node -> table(file, section, node, 1))
                .orElse(null);
        large = tables().stream().filter(table -> table.byteSize() > SMALL).toList();
        firstPosition =
                position.map(node -> (int) node.attr(Attr.Whole.class).value()).orElse(0);
    }

    private static Optional<Node> find(Section section, Op op) {
        return section.output().expression().stream()
                .filter(node -> node.op() == op)
                .findFirst();
    }

    private static Table table(ModelFile file, Section section, Node node, int input) {
        String slot = node.input(input).attr(Attr.Slot.class).name();
        Section.Stored stored = Objects.requireNonNull(section.weights().get(slot), slot);
        Tensor tensor =
                Objects.requireNonNull(file.tensors().get(stored.tensors().get(0)), slot);
        BlockFormat.Decoder decoder = BlockFormat.of(tensor.type()).decoder(node.width());
        return new Table(tensor, decoder, node.width(), new float[node.width()]);
    }

    /** The tables as they lie in the file. */
    List<MemorySegment> tables() {
        return Stream.of(tokens, positions, types)
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
                releaseSometimes();
                if (tokens != null) {
                    tokens.write(token, tokenRows, offset);
                }
                if (positions != null) {
                    writePosition(positions, position, positionRows, offset);
                }
                if (types != null) {
                    types.add(i < chunk.secondFrom() ? 0 : 1, positionRows, offset);
                }
            }
        } catch (InternalError e) {
            throw PackedWeights.unreadable(e);
        }
    }

    private void releaseSometimes() {
        mapped++;
        if (mapped > MAPPED_ROWS) {
            mapped = 0;
            for (int i = 0; i < large.size(); i++) {
                NativeMemory.release(large.get(i));
            }
        }
    }

    private void writePosition(Table table, int position, MemorySegment target, long offset) {
        if (firstPosition + position >= table.rows()) {
            throw Failure.of(
                    FailureCode.LIMIT_EXCEEDED,
                    "Position " + position + " has no embedding; the model has " + (table.rows() - firstPosition));
        }
        table.write(firstPosition + position, target, offset);
    }
}
