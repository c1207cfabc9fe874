package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.compiler.CacheLayout;
import smelt.compiler.StepField;
import smelt.compiler.SummaryLayout;

/**
 * The memory that tells the kernels what a step computes ({@link StepField}). How attention is cut into items depends
 * on the load alone and changes no result.
 */
final class StepInput {
    /** Rows of one step are shared out by chunk while there are fewer items than this for each thread. */
    private static final int ITEMS_PER_THREAD = 8;

    private final Map<StepField, NativeMemory> fields = new EnumMap<>(StepField.class);
    private final int itemRows;
    private final int splitRows;
    private int rows;
    private int wanted;
    private int items;
    private int blocks;
    private int parts;

    /**
     * How large a step's description may get.
     *
     * @param splitRows rows up to which a step's attention is shared out by chunk
     * @param maxBlocks block numbers of all sequences of a step together
     */
    record Sizes(StepRunner.Limits limits, int splitRows, int maxBlocks) {
        static Sizes of(StepRunner.Limits limits, int keyHeads, int threads, int maxBlocks) {
            return new Sizes(limits, Math.max(1, ITEMS_PER_THREAD * threads / keyHeads), maxBlocks);
        }

        /** Parts of attention that a step may write at most. */
        long maxParts() {
            return (long) splitRows * (limits.contextLength() / CacheLayout.CHUNK_POSITIONS + 1);
        }

        long bytes(StepField field) {
            long words = switch (field) {
                case COUNTS -> 16;
                case POSITIONS, LAST_POSITIONS, BLOCKS_START, PARTS_START -> limits.maxRows();
                case BLOCKS -> maxBlocks;
                case WANTED -> limits.maxLogits();
                case SCALES -> limits.maxLogits() * (long) SummaryLayout.MASSES;
                case ITEMS -> (limits.maxRows() + maxParts()) * StepField.ITEM_WORDS;
            };
            return words * 4;
        }

        long bytes() {
            return Stream.of(StepField.values()).mapToLong(this::bytes).sum();
        }
    }

    /** @param itemRows rows that one item may have */
    StepInput(Sizes sizes, int itemRows, Owned owned) {
        this.itemRows = itemRows;
        this.splitRows = sizes.splitRows();
        for (StepField field : StepField.values()) {
            fields.put(field, owned.allocate(sizes.bytes(field), "the step's input"));
        }
    }

    MemorySegment of(StepField field) {
        return Objects.requireNonNull(fields.get(field)).segment();
    }

    List<MemorySegment> segments() {
        return fields.values().stream().map(NativeMemory::segment).toList();
    }

    /** Wanted rows of the step. */
    int wanted() {
        return wanted;
    }

    void write(StepBatch batch) {
        rows = 0;
        wanted = 0;
        items = 0;
        blocks = 0;
        parts = 0;
        boolean split = batch.rows() <= splitRows;
        for (int i = 0; i < batch.chunks().size(); i++) {
            write(batch.chunks().get(i), split);
        }
        MemorySegment counts = of(StepField.COUNTS);
        counts.set(ValueLayout.JAVA_LONG, StepField.ROW_COUNT, rows);
        counts.set(ValueLayout.JAVA_LONG, StepField.WANTED_COUNT, wanted);
        counts.set(ValueLayout.JAVA_LONG, StepField.ITEM_COUNT, items);
        counts.set(ValueLayout.JAVA_LONG, StepField.SINGLE_ROW, rows == 1 ? 1 : 0);
    }

    private void write(StepBatch.Chunk chunk, boolean split) {
        int first = rows;
        int count = chunk.tokens().length;
        int last = chunk.firstPosition() + count - 1;
        for (int i = 0; i < count; i++) {
            int position = chunk.firstPosition() + i;
            put(StepField.POSITIONS, rows, position);
            put(StepField.LAST_POSITIONS, rows, last);
            put(StepField.BLOCKS_START, rows, blocks);
            put(StepField.PARTS_START, rows, split ? parts : -1);
            if (split) {
                parts += last / CacheLayout.CHUNK_POSITIONS + 1;
            }
            if (i >= chunk.logitsFrom()) {
                writeScales(chunk.temperatures());
                put(StepField.WANTED, wanted++, rows);
            }
            rows++;
        }
        int used = last / CacheLayout.BLOCK_POSITIONS + 1;
        for (int i = 0; i < used; i++) {
            put(StepField.BLOCKS, blocks++, chunk.blocks()[i]);
        }
        int chunks = last / CacheLayout.CHUNK_POSITIONS + 1;
        for (int from = first; from < rows; from += itemRows) {
            int size = Math.min(itemRows, rows - from);
            if (split) {
                for (int c = 0; c < chunks; c++) {
                    item(from, size, c, c + 1, 1);
                }
            } else {
                item(from, size, 0, chunks, 0);
            }
        }
    }

    private void writeScales(List<Double> temperatures) {
        long first = (long) wanted * SummaryLayout.MASSES;
        for (int i = 0; i < SummaryLayout.MASSES; i++) {
            float scale = i < temperatures.size() ? LogitChunks.scale(temperatures.get(i)) : 0;
            of(StepField.SCALES).setAtIndex(ValueLayout.JAVA_FLOAT, first + i, scale);
        }
    }

    private void item(int firstRow, int count, int firstChunk, int endChunk, int part) {
        long at = (long) items * StepField.ITEM_WORDS;
        put(StepField.ITEMS, at, firstRow);
        put(StepField.ITEMS, at + 1, count);
        put(StepField.ITEMS, at + 2, firstChunk);
        put(StepField.ITEMS, at + 3, endChunk);
        put(StepField.ITEMS, at + 4, part);
        items++;
    }

    private void put(StepField field, long index, int value) {
        of(field).setAtIndex(ValueLayout.JAVA_INT, index, value);
    }
}
