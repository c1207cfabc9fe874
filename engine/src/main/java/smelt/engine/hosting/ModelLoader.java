package smelt.engine.hosting;

import smelt.engine.LoadedModel;

/** Where a {@link ModelHost} gets its models from. */
public interface ModelLoader {
    /**
     * Finds the model and plans what it will take, without taking it; may be called by several threads.
     *
     * @throws smelt.base.Failure where there is no such model, or it cannot be run
     */
    Prepared prepare(String name);

    /** A model that is found and planned. */
    interface Prepared extends AutoCloseable {
        /** What is loaded: names that lead to the same are names of one model. */
        String identity();

        /** Native memory that {@link #load} will take. */
        long bytes();

        /** What to do where only {@code room} bytes can be had: a context that fits, or a smaller model. */
        String adviceFor(long room);

        /** Loads it; at most once. */
        LoadedModel load();

        /** Gives up what was prepared; what was loaded stays. */
        @Override
        void close();
    }
}
