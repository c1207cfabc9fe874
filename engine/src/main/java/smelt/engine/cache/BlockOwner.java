package smelt.engine.cache;

import java.util.function.Supplier;

/** The one thread that touches blocks and tree: what others want of them it does between two steps. */
public interface BlockOwner {
    /**
     * Waits until the errand, a short one, is done.
     *
     * @throws smelt.base.Failure that of the errand, or CANCELLED where the thread does no more
     */
    <T> T ask(Supplier<T> errand);
}
