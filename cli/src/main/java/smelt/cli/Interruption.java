package smelt.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;

/**
 * Ctrl-C and termination. The Java runtime ends the process at once with 128 + the signal's number; this only keeps
 * work that fails because of it from complaining, and lets whoever draws on the terminal leave it clean.
 */
final class Interruption {
    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private Interruption() {}

    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }

    /** Runs {@code clean} should the process be ended; undone by {@link #forget}. */
    static Thread onEnd(Runnable clean) {
        Thread hook = new Thread(() -> {
            UNDER_WAY.set(true);
            clean.run();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    /** From here on a second Ctrl-C, or termination, waits for nobody: the runtime itself would take no notice. */
    static void endAtOnceNextTime() {
        Signals.register("INT", () -> Runtime.getRuntime().halt(Complaints.INTERRUPTED));
        Signals.register("TERM", () -> Runtime.getRuntime().halt(Complaints.TERMINATED));
    }

    static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            UNDER_WAY.set(true); // the end has begun; the hook has run
        }
    }
}
