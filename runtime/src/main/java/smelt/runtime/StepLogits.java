package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import smelt.compiler.SummaryLayout;

/** What kernels wrote of the wanted rows; one for all steps of a model. */
final class StepLogits implements StepRunner.Logits {
    private final MemorySegment[] rows;
    private final MemorySegment summaries;
    private final MemorySegment scales;
    private final SummaryLayout layout;
    private int count;

    /**
     * @param results rows of {@code stride} bytes
     * @param summaries of each row
     * @param scales of each row's masses
     */
    StepLogits(
            StepRunner.Limits limits,
            MemorySegment results,
            int stride,
            MemorySegment summaries,
            MemorySegment scales) {
        this.summaries = summaries;
        this.scales = scales;
        layout = new SummaryLayout(limits.vocabulary());
        rows = new MemorySegment[limits.maxLogits()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = results.asSlice((long) i * stride, limits.vocabulary() * 4L);
        }
    }

    StepLogits ofStep(int wantedRows) {
        count = wantedRows;
        return this;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public MemorySegment row(int index) {
        return rows[Objects.checkIndex(index, count)];
    }

    @Override
    public void maxima(int index, float[] to) {
        copy(index, 0, to);
    }

    @Override
    public void masses(int index, double temperature, float[] to) {
        float scale = LogitChunks.scale(temperature);
        long first = (long) Objects.checkIndex(index, count) * SummaryLayout.MASSES;
        for (int i = 0; i < SummaryLayout.MASSES; i++) {
            if (scales.getAtIndex(ValueLayout.JAVA_FLOAT, first + i) == scale) {
                copy(index, layout.masses(i), to);
                return;
            }
        }
        LogitChunks.masses(row(index), scale, to);
    }

    private void copy(int index, int offset, float[] to) {
        long from = (long) Objects.checkIndex(index, count) * layout.stride() + offset;
        MemorySegment.copy(summaries, ValueLayout.JAVA_FLOAT, from, to, 0, layout.chunks());
    }
}
