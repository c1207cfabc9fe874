package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A null model that mostly counts in a circle: what it says repeats itself, but for what its blocks remember. */
final class RepetitiveRunner implements WrappedRunner {
    private static final int CIRCLE = 8;

    private final NullRunner runner;
    /** Added to the logit of the next token of the circle; others reach from -4 to 4. */
    private final float insistence;

    private StepBatch begun = StepBatch.of(List.of());

    RepetitiveRunner(NullRunner runner, float insistence) {
        this.runner = runner;
        this.insistence = insistence;
    }

    @Override
    public StepRunner model() {
        return runner;
    }

    @Override
    public Logits run(StepBatch batch) {
        return repeating(batch, runner.run(batch));
    }

    @Override
    public void begin(StepBatch batch) {
        runner.begin(batch);
        begun = batch;
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        Logits logits = runner.proceed(nanos);
        return logits == null ? null : repeating(begun, logits);
    }

    private Logits repeating(StepBatch batch, Logits logits) {
        int row = 0;
        for (StepBatch.Chunk chunk : batch.chunks()) {
            for (int i = chunk.logitsFrom(); i < chunk.tokens().length; i++) {
                MemorySegment values = logits.row(row++);
                int next = (chunk.tokens()[i] + 1) % CIRCLE;
                float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, next);
                values.setAtIndex(ValueLayout.JAVA_FLOAT, next, value + insistence);
            }
        }
        return logits;
    }
}
