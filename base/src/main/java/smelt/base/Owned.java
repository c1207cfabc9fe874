package smelt.base;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What somebody has opened; closes the last first, so that what fails half-way leaves nothing behind. */
public final class Owned implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    /** @return {@code opened}, which {@code closer} will close */
    public <T> T add(T opened, Consumer<T> closer) {
        closers.push(() -> closer.accept(opened));
        return opened;
    }

    /** As {@link NativeMemory#allocate}. */
    public NativeMemory allocate(long bytes, String purpose) {
        return add(NativeMemory.allocate(bytes, purpose), NativeMemory::close);
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
