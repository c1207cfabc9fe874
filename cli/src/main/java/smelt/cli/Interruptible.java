package smelt.cli;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** Work that takes its time. */
interface Interruptible<T> {
    T run() throws InterruptedException;

    /**
     * Does it.
     *
     * @param name of the work, as in "Scoring was interrupted"
     * @throws Failure CANCELLED where the thread is interrupted, and stays so
     */
    static <T> T run(String name, Interruptible<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(FailureCode.CANCELLED, name + " was interrupted");
        }
    }
}
