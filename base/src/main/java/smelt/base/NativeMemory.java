package smelt.base;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Zeroed anonymous memory outside the Java heap, aligned to 2 MiB where it is that large and backed by huge pages where
 * the system grants them. Pages are given on first touch, so the thread that first writes one decides its NUMA node.
 * One owner closes it.
 */
public final class NativeMemory implements AutoCloseable {
    private static final long HUGE_PAGE = 2L << 20;
    private static final int MADV_HUGEPAGE = 14;

    private final Arena arena;
    private final MemorySegment segment;

    private NativeMemory(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /**
     * Reserves {@code bytes} for {@code purpose} (named in the failure).
     *
     * @throws Failure OUT_OF_RESOURCES where the system refuses
     */
    public static NativeMemory allocate(long bytes, String purpose) {
        Arena arena = Arena.ofShared();
        try {
            long alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : 64;
            MemorySegment segment = arena.allocate(Math.max(bytes, 64), alignment);
            if (bytes >= HUGE_PAGE) {
                HugePages.advise(segment);
            }
            return new NativeMemory(arena, segment);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            "The system refused " + (bytes >> 20) + " MiB of memory for " + purpose)
                    .withNextStep("close other programs, or take a smaller model or --context")
                    .withCause(e);
        }
    }

    /** The whole memory; valid until {@link #close}. */
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        arena.close();
    }

    private static final class HugePages {
        private static final MethodHandle MADVISE = find();

        private HugePages() {}

        private static MethodHandle find() {
            Linker linker = Linker.nativeLinker();
            SymbolLookup lookup = linker.defaultLookup();
            return lookup.find("madvise")
                    .map(address -> linker.downcallHandle(
                            address,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT)))
                    .orElseThrow();
        }

        /** A request, not a demand: where the kernel has no huge pages the memory works all the same. */
        static void advise(MemorySegment segment) {
            try {
                int unused =
                        (int) MADVISE.invokeExact(segment, segment.byteSize() / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
            } catch (Throwable e) {
                throw Failure.of(FailureCode.INTERNAL, "madvise could not be called")
                        .withCause(e);
            }
        }
    }
}
