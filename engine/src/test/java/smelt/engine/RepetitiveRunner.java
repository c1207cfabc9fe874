package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A null model that mostly counts in a circle: what it says repeats itself, but for what its blocks remember. */
final class RepetitiveRunner implements WrappedRunner {
    private static final int CIRCLE = 8;

    private final NullRunner runner;
    /** Added to the logit of the next token of the circle; others reach from -4 to 4. */
    private final float insistence;

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
        Logits logits = runner.run(batch);
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
