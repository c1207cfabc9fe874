package smelt.engine;

import org.jspecify.annotations.Nullable;
import smelt.runtime.KvBlocks;
import smelt.runtime.StepBatch;
import smelt.runtime.StepRunner;

/** Does what another model does, but for what is said anew. */
public interface WrappedRunner extends StepRunner {
    StepRunner model();

    @Override
    default Limits limits() {
        return model().limits();
    }

    @Override
    default KvBlocks blocks() {
        return model().blocks();
    }

    @Override
    default Logits run(StepBatch batch) {
        return model().run(batch);
    }

    @Override
    default int pieces() {
        return model().pieces();
    }

    @Override
    default void begin(StepBatch batch) {
        model().begin(batch);
    }

    @Override
    default @Nullable Logits proceed(long nanos) {
        return model().proceed(nanos);
    }

    @Override
    default void abandon() {
        model().abandon();
    }

    @Override
    default void interrupt() {
        model().interrupt();
    }

    @Override
    default void close() {
        model().close();
    }
}
