package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/**
 * A model of hashes: its KV blocks remember (token, position), and a row's logits are a hash of all that its block
 * table leads to, so that a block shared or freed by mistake changes them. Refuses batches that break the contract.
 */
final class FakeStepRunner implements StepRunner {
    final List<StepBatch> batches = new ArrayList<>();
    boolean failNext;
    boolean closed;
    private final Limits limits;
    private final long[] memory;

    FakeStepRunner(Limits limits) {
        this.limits = limits;
        memory = new long[limits.blockCount() * limits.blockPositions()];
    }

    static FakeStepRunner small() {
        return new FakeStepRunner(new Limits(97, 256, 16, 64, 64, 16));
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public Logits run(StepBatch batch) {
        if (failNext) {
            failNext = false;
            throw Failure.of(FailureCode.INTERNAL, "the fake was told to fail");
        }
        check(batch);
        batches.add(batch);
        for (StepBatch.Chunk chunk : batch.chunks()) {
            for (int i = 0; i < chunk.tokens().length; i++) {
                int position = chunk.firstPosition() + i;
                memory[slot(chunk, position)] = mix(chunk.tokens()[i] * 1_000_003L + position);
            }
        }
        List<float[]> rows = new ArrayList<>();
        for (StepBatch.Chunk chunk : batch.chunks()) {
            for (int i = chunk.logitsFrom(); i < chunk.tokens().length; i++) {
                rows.add(logits(chunk, chunk.firstPosition() + i));
            }
        }
        return new FakeLogits(rows);
    }

    private record FakeLogits(List<float[]> rows) implements Logits {
        @Override
        public int count() {
            return rows.size();
        }

        @Override
        public MemorySegment row(int index) {
            return MemorySegment.ofArray(rows.get(index));
        }
    }

    private void check(StepBatch batch) {
        int wanted = batch.chunks().stream()
                .mapToInt(c -> c.tokens().length - c.logitsFrom())
                .sum();
        if (batch.rows() > limits.maxRows() || wanted > limits.maxLogits() || batch.rows() == 0) {
            throw new AssertionError("a batch of " + batch.rows() + " rows and " + wanted + " wanted");
        }
        for (StepBatch.Chunk chunk : batch.chunks()) {
            int end = chunk.firstPosition() + chunk.tokens().length;
            if (end > limits.contextLength() || end > chunk.blocks().length * limits.blockPositions()) {
                throw new AssertionError("position " + end + " has no block or lies outside the context");
            }
        }
    }

    private int slot(StepBatch.Chunk chunk, int position) {
        return chunk.blocks()[position / limits.blockPositions()] * limits.blockPositions()
                + position % limits.blockPositions();
    }

    private float[] logits(StepBatch.Chunk chunk, int position) {
        long hash = 0;
        for (int p = 0; p <= position; p++) {
            hash = mix(hash + memory[slot(chunk, p)]);
        }
        float[] row = new float[limits.vocabulary()];
        for (int id = 0; id < row.length; id++) {
            row[id] = (mix(hash + id) >>> 40) * 0x1p-21f - 4; // -4 to 4
        }
        return row;
    }

    static long mix(long z) {
        z = (z ^ (z >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
        z = (z ^ (z >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
        return z ^ (z >>> 32);
    }

    static MemorySegment segment(float... values) {
        MemorySegment segment = MemorySegment.ofArray(new float[values.length]);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    @Override
    public void close() {
        closed = true;
    }
}
