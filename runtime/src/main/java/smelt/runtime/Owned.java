package smelt.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import smelt.base.NativeMemory;

/** What a model has opened; closes the last first, so that a load which fails half-way leaves nothing behind. */
final class Owned implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    <T> T add(T opened, Consumer<T> closer) {
        closers.push(() -> closer.accept(opened));
        return opened;
    }

    /** As {@link NativeMemory#allocate}. */
    NativeMemory allocate(long bytes, String purpose) {
        return add(NativeMemory.allocate(bytes, purpose), NativeMemory::close);
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
