package smelt.targets.llvm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Collects what LLVM reports while it works on one context. Without a handler LLVM prints an error and ends the
 * process.
 */
final class Diagnostics implements AutoCloseable {
    private static final Map<Long, Diagnostics> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);
    /** LLVMDSError; 1 warning, 2 remark, 3 note. */
    private static final int ERROR = 0;

    private static final int WARNING = 1;

    private final long id = NEXT.getAndIncrement();
    private final StringBuilder text = new StringBuilder();
    private boolean errors;

    Diagnostics() {
        OPEN.put(id, this);
    }

    void attachTo(long context) {
        LlvmC.LLVMContextSetDiagnosticHandler.call(context, Upcall.STUB.address(), id);
    }

    boolean hasErrors() {
        return errors;
    }

    String text() {
        return text.toString();
    }

    @Override
    public void close() {
        OPEN.remove(id);
    }

    private void add(int severity, String message) {
        if (severity <= WARNING) {
            text.append(message).append('\n');
        }
        errors |= severity == ERROR;
    }

    /** Called by LLVM; nothing may be thrown through its frames. */
    @SuppressWarnings("UnusedMethod") // by method handle
    private static void report(MemorySegment info, MemorySegment owner) {
        try {
            Diagnostics open = OPEN.get(owner.address());
            if (open != null) {
                int severity = (int) LlvmC.LLVMGetDiagInfoSeverity.call(info.address());
                open.add(severity, LlvmC.takeMessage(LlvmC.LLVMGetDiagInfoDescription.call(info.address())));
            }
        } catch (RuntimeException | Error e) {
            System.err.println("smelt: a message of LLVM was lost: " + e);
        }
    }

    private static final class Upcall {
        static final MemorySegment STUB = stub();

        private Upcall() {}

        private static MemorySegment stub() {
            try {
                MethodHandle report = MethodHandles.lookup()
                        .findStatic(
                                Diagnostics.class,
                                "report",
                                MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class));
                return Linker.nativeLinker()
                        .upcallStub(
                                report,
                                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                                Arena.global());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Diagnostics.report", e);
            }
        }
    }
}
