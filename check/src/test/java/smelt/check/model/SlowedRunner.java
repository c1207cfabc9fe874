package smelt.check.model;

import java.util.concurrent.locks.LockSupport;
import smelt.engine.WrappedRunner;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** A model each of whose steps takes some time more, whatever its rows: rows beside others pay on every machine. */
record SlowedRunner(StepRunner model, long nanos) implements WrappedRunner {
    @Override
    public Logits run(StepBatch batch) {
        LockSupport.parkNanos(nanos);
        return model.run(batch);
    }

    @Override
    public void begin(StepBatch batch) {
        LockSupport.parkNanos(nanos);
        model.begin(batch);
    }
}
