package smelt.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A model that fails as it is told to, and while whose steps something may happen. */
final class FaultyRunner implements WrappedRunner {
    /** No token. */
    static final int NONE = -1;

    private final StepRunner runner;
    private final Random random;

    /** The next step fails, whatever is in it. */
    boolean failsNext;
    /** Steps that will fail, as those of a model whose file is gone. */
    int goneSteps;
    /** Every step with this token fails. */
    int poison = NONE;
    /** The next copy of a block fails. */
    boolean failsCopy;
    /** Happens once, while the next step runs. */
    @Nullable
    Runnable during;

    private StepBatch begun = StepBatch.of(List.of());

    /** Steps of one sequence alone that failed: so many requests may. */
    int failedAlone;

    int failed;
    int interrupted;

    FaultyRunner(StepRunner runner, Random random) {
        this.runner = runner;
        this.random = random;
    }

    void calm() {
        failsNext = false;
        goneSteps = 0;
        failsCopy = false;
        during = null;
    }

    @Override
    public StepRunner model() {
        return runner;
    }

    @Override
    public Logits run(StepBatch batch) {
        happen();
        failAsTold(batch);
        return runner.run(batch);
    }

    @Override
    public void begin(StepBatch batch) {
        begun = batch;
        failAsTold(batch);
        runner.begin(batch);
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        happen();
        failAsTold(begun);
        return runner.proceed(nanos);
    }

    private void happen() {
        Runnable now = during;
        during = null;
        if (now != null) {
            now.run();
        }
    }

    private void failAsTold(StepBatch batch) {
        boolean gone = goneSteps > 0;
        goneSteps -= gone ? 1 : 0;
        boolean fails = failsNext || gone || batch.chunks().stream().anyMatch(this::isPoisoned);
        failsNext = false;
        if (fails) {
            failed++;
            failedAlone += batch.chunks().size() == 1 ? 1 : 0;
            throwAny();
        }
    }

    private boolean isPoisoned(StepBatch.Chunk chunk) {
        return poison != NONE && Arrays.stream(chunk.tokens()).anyMatch(token -> token == poison);
    }

    private void throwAny() {
        switch (random.nextInt(5)) {
            case 0 -> throw new OutOfMemoryError("on purpose: Java heap space");
            case 1 -> throw new InternalError("on purpose: a fault occurred in an unsafe memory access operation");
            case 2 -> throw new IllegalStateException("on purpose");
            case 3 -> throw new StackOverflowError("on purpose");
            default -> throw Failure.of(FailureCode.OUT_OF_RESOURCES, "on purpose");
        }
    }

    @Override
    public void interrupt() {
        interrupted++;
        runner.interrupt();
    }

    @Override
    public KvBlocks blocks() {
        KvBlocks blocks = runner.blocks();
        return new KvBlocks() {
            @Override
            public long bytes() {
                return blocks.bytes();
            }

            @Override
            public void copyOut(int block, MemorySegment to) {
                mayFail();
                blocks.copyOut(block, to);
            }

            @Override
            public void copyIn(int block, MemorySegment from) {
                mayFail();
                blocks.copyIn(block, from);
            }

            @Override
            public Origin origin() {
                return blocks.origin();
            }
        };
    }

    private void mayFail() {
        if (failsCopy) {
            failsCopy = false;
            throwAny();
        }
    }
}
