package smelt.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.NullRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A null model that keeps what it was asked for, and fails when told to. */
final class WatchedRunner implements WrappedRunner {
    /** 97 tokens, 256 positions, 64 blocks of 16. */
    static final Limits SMALL = new Limits(97, 256, 16, 64, 64, 16);

    final List<StepBatch> batches = new ArrayList<>();
    boolean failNext;
    /** Happens once, while the next step runs. */
    Runnable during = () -> {};

    private final NullRunner runner;

    WatchedRunner(Limits limits) {
        runner = NullRunner.untimed(limits);
    }

    static WatchedRunner small() {
        return new WatchedRunner(SMALL);
    }

    boolean isClosed() {
        return runner.isClosed();
    }

    @Override
    public StepRunner model() {
        return runner;
    }

    @Override
    public Logits run(StepBatch batch) {
        mayFail();
        batches.add(copy(batch));
        happen();
        return runner.run(batch);
    }

    @Override
    public void begin(StepBatch batch) {
        mayFail();
        batches.add(copy(batch));
        runner.begin(batch);
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        mayFail();
        happen();
        return runner.proceed(nanos);
    }

    private void mayFail() {
        if (failNext) {
            failNext = false;
            throw Failure.of(FailureCode.OUT_OF_RESOURCES, "the runner was told to fail");
        }
    }

    private void happen() {
        Runnable now = during;
        during = () -> {};
        now.run();
    }

    /** The engine uses its batch again. */
    private static StepBatch copy(StepBatch batch) {
        return new StepBatch(batch.chunks().stream()
                .map(chunk -> new StepBatch.Chunk(
                        chunk.tokens().clone(),
                        chunk.firstPosition(),
                        chunk.blocks().clone(),
                        chunk.logitsFrom(),
                        chunk.temperatures()))
                .toList());
    }
}
