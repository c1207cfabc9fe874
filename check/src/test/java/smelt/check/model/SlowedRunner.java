package smelt.check.model;

import java.util.concurrent.locks.LockSupport;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A model each of whose steps takes some time more, whatever its rows: rows beside others pay on every machine. */
record SlowedRunner(StepRunner model, long nanos) implements StepRunner {
    @Override
    public Limits limits() {
        return model.limits();
    }

    @Override
    public KvBlocks blocks() {
        return model.blocks();
    }

    @Override
    public Logits run(StepBatch batch) {
        LockSupport.parkNanos(nanos);
        return model.run(batch);
    }

    @Override
    public void interrupt() {
        model.interrupt();
    }

    @Override
    public void close() {
        model.close();
    }
}
