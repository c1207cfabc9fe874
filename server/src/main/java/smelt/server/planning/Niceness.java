package smelt.server.planning;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/** How the system's scheduler weighs threads. */
final class Niceness {
    private static final int PRIO_PROCESS = 0;
    /** Gets some hundredth of a core that others want. */
    private static final int NICEST = 19;

    private Niceness() {}

    /**
     * All other threads of the process go before this one from here on. Linux alone weighs threads one by one;
     * elsewhere this does nothing.
     */
    static void giveWay() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> address = linker.defaultLookup().find("setpriority");
        if (address.isEmpty()) {
            return;
        }
        MethodHandle set =
                linker.downcallHandle(address.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int failed = (int) set.invokeExact(PRIO_PROCESS, 0, NICEST);
            assert failed == 0 : "setpriority";
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
