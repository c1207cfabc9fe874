package smelt.targets.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Leave to use AMX tile registers. Linux keeps their 8 KiB out of a process's state until it asks
 * (Documentation/arch/x86/xstate.rst).
 */
final class AmxPermission {
    private static final long SYS_ARCH_PRCTL = 158;
    private static final long ARCH_REQ_XCOMP_PERM = 0x1023;
    private static final long XTILEDATA = 18;

    private AmxPermission() {}

    /** Asks for the whole process; empty where it was granted, now or before. */
    static Optional<String> denial() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> syscall = linker.defaultLookup().find("syscall");
        if (syscall.isEmpty()) {
            return Optional.of("the C library has no syscall function to ask for AMX tiles with");
        }
        MethodHandle call = linker.downcallHandle(
                syscall.get(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try {
            long result = (long) call.invokeExact(SYS_ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, XTILEDATA);
            return result == 0
                    ? Optional.empty()
                    : Optional.of("the system denied the use of AMX tiles (arch_prctl failed; a sandbox, an old kernel"
                            + " or a hypervisor that hides them)");
        } catch (Throwable e) {
            return Optional.of("asking for AMX tiles failed: " + e);
        }
    }
}
