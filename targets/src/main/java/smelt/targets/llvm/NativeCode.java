package smelt.targets.llvm;

import static smelt.targets.llvm.LlvmC.*;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;

/**
 * Objects linked into this process by LLVM's ORC JIT. Addresses are valid until {@link #close}; calling one later
 * crashes the process.
 */
public final class NativeCode implements AutoCloseable {
    private static final int KERNEL_TIMES = 2;

    private final long jit;
    private final Map<String, Long> addresses;
    private final Map<String, Long> sizes;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private NativeCode(long jit, Map<String, Long> addresses, Map<String, Long> sizes) {
        this.jit = jit;
        this.addresses = addresses;
        this.sizes = sizes;
    }

    /**
     * Links {@code objects} (ELF, of this machine) with each other and with nothing else.
     *
     * @throws Failure INTERNAL naming the symbols that none of the objects defines
     */
    public static NativeCode link(List<byte[]> objects) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        Set<String> data = new HashSet<>();
        TreeSet<String> missing = new TreeSet<>();
        for (byte[] object : objects) {
            ElfObject elf = ElfObject.read(object);
            sizes.putAll(elf.functions());
            data.addAll(elf.data());
            missing.addAll(elf.undefined());
        }
        missing.removeAll(sizes.keySet());
        missing.removeAll(data);
        if (!missing.isEmpty()) {
            throw Failure.of(FailureCode.INTERNAL, "Compiled code calls what it does not define: " + missing)
                    .withNextStep(
                            "look for an operation that LLVM turns into a library call on this tier (fma, fptrunc to"
                                    + " bfloat, memset)");
        }
        NativeCode code = link(objects, sizes);
        if (Option.DEBUG.get() >= KERNEL_TIMES) {
            PerfMap.append(code.addresses, sizes);
        }
        return code;
    }

    private static NativeCode link(List<byte[]> objects, Map<String, Long> sizes) {
        Targets.initializeHost();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            check(LLVMOrcCreateLLJIT.call(out.address(), 0), "LLVM's linker did not start");
            long jit = out.get(ValueLayout.JAVA_LONG, 0);
            try {
                long library = LLVMOrcLLJITGetMainJITDylib.call(jit);
                for (byte[] object : objects) {
                    long buffer = copyToBuffer(object, "kernels");
                    check(LLVMOrcLLJITAddObjectFile.call(jit, library, buffer), "An object was refused");
                }
                Map<String, Long> addresses = new LinkedHashMap<>();
                for (String symbol : sizes.keySet()) {
                    long name = arena.allocateFrom(symbol).address();
                    check(LLVMOrcLLJITLookup.call(jit, out.address(), name), symbol + " was not linked");
                    addresses.put(symbol, out.get(ValueLayout.JAVA_LONG, 0));
                }
                return new NativeCode(jit, addresses, Map.copyOf(sizes));
            } catch (Throwable e) {
                dispose(jit);
                throw e;
            }
        }
    }

    /**
     * Where {@code symbol} begins.
     *
     * @throws Failure INTERNAL where no object defines it
     */
    public long address(String symbol) {
        Long address = addresses.get(symbol);
        if (address == null) {
            throw Failure.of(FailureCode.INTERNAL, "No function " + symbol + " among " + addresses.keySet());
        }
        return address;
    }

    /** Machine code bytes of each function. */
    public Map<String, Long> sizes() {
        return sizes;
    }

    /** A handle that calls {@code symbol}; it must not be called after {@link #close}. */
    public MethodHandle function(String symbol, FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address(symbol)), descriptor, options);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            dispose(jit);
        }
    }

    private static void dispose(long jit) {
        check(LLVMOrcDisposeLLJIT.call(jit), "LLVM's linker did not end");
    }

    private static void check(long error, String what) {
        if (error != 0) {
            throw Failure.of(FailureCode.INTERNAL, what + ": " + takeError(error));
        }
    }

    /** The text of an LLVMErrorRef, which is freed here. */
    static String takeError(long error) {
        long message = LLVMGetErrorMessage.call(error);
        String text = string(message);
        LLVMDisposeErrorMessage.call(message);
        return text;
    }
}
