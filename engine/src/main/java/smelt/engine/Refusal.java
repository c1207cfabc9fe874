package smelt.engine;

import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Whether those who come to a loop are still let in; set once by its owner, asked by any thread. */
final class Refusal {
    private final String who;
    private final String what;
    private volatile @Nullable Failure failure;

    /** For example "The engine" and "requests". */
    Refusal(String who, String what) {
        this.who = who;
        this.what = what;
    }

    /** Those that are there go on. */
    void drain() {
        failure = Failure.of(FailureCode.UNAVAILABLE, who + " is being closed and takes no more " + what);
    }

    /** @return what those that are there are told */
    Failure close(@Nullable Throwable cause) {
        Failure told = cause == null
                ? Failure.of(FailureCode.CANCELLED, who + " is closed")
                : EngineLoop.failure(cause, who + " has ended");
        failure = told;
        return told;
    }

    /** Null while it lets in. */
    @Nullable
    Failure failure() {
        return failure;
    }

    /** @throws Failure what those who come are told */
    void check() {
        Failure now = failure;
        if (now != null) {
            throw now;
        }
    }
}
