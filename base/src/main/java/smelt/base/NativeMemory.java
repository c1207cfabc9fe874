package smelt.base;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Zeroed anonymous memory outside the Java heap, aligned to 2 MiB where it is that large and backed by huge pages where
 * the system grants them. Pages are given on first touch, so memory that nobody touches costs nothing, and the thread
 * that first writes a page decides its NUMA node. One owner closes it.
 */
public final class NativeMemory implements AutoCloseable {
    private static final long HUGE_PAGE = 2L << 20;
    private static final AtomicLong ALLOCATED = new AtomicLong();

    private final Arena arena;
    private final MemorySegment segment;

    private NativeMemory(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
        ALLOCATED.addAndGet(segment.byteSize());
    }

    /** Bytes of all memory of this kind that is not closed, touched or not. */
    public static long allocatedBytes() {
        return ALLOCATED.get();
    }

    /**
     * Reserves {@code bytes} for {@code purpose} (named in the failure).
     *
     * @throws Failure OUT_OF_RESOURCES where the system refuses
     */
    public static NativeMemory allocate(long bytes, String purpose) {
        Arena arena = Arena.ofShared();
        try {
            boolean map = bytes >= HUGE_PAGE && Pages.AVAILABLE;
            MemorySegment segment = map ? Pages.map(bytes, arena) : arena.allocate(Math.max(bytes, 64), 64);
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

    /**
     * Takes the pages of a mapped file out of this process's memory; they come back when they are read again. Does
     * nothing with other segments, or where the system has no such call.
     */
    public static void release(MemorySegment segment) {
        if (segment.isMapped() && Pages.LINUX) {
            long begin = (segment.address() + Pages.SIZE - 1) / Pages.SIZE * Pages.SIZE;
            long end = (segment.address() + segment.byteSize()) / Pages.SIZE * Pages.SIZE;
            if (begin < end) {
                Pages.advise(begin, end - begin, Pages.MADV_DONTNEED);
            }
        }
    }

    @Override
    public void close() {
        arena.close();
        ALLOCATED.addAndGet(-segment.byteSize());
    }

    /** Anonymous mappings, where the system is a Unix. */
    private static final class Pages {
        private static final String SYSTEM = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        private static final boolean LINUX = SYSTEM.startsWith("linux");
        static final boolean AVAILABLE = LINUX || SYSTEM.startsWith("mac");

        private static final int READ_WRITE = 3;
        private static final int PRIVATE_ANONYMOUS = LINUX ? 0x22 : 0x1002;
        static final int MADV_DONTNEED = 4;
        private static final int MADV_HUGEPAGE = 14;
        /** The largest page that systems commonly have. */
        static final long SIZE = 64 << 10;

        private static final long FAILED = -1;

        private static final MethodHandle MMAP = function(
                "mmap",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        private static final MethodHandle MUNMAP = function(
                "munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        private static final MethodHandle MADVISE = function(
                "madvise",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        private Pages() {}

        private static MethodHandle function(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
        }

        static MemorySegment map(long bytes, Arena arena) {
            long mapped = bytes + HUGE_PAGE;
            long address = mmap(mapped);
            if (address == FAILED) {
                throw new OutOfMemoryError("mmap of " + mapped + " bytes");
            }
            long aligned = (address + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
            if (LINUX) {
                advise(aligned, bytes, MADV_HUGEPAGE);
            }
            return MemorySegment.ofAddress(aligned).reinterpret(bytes, arena, unused -> unmap(address, mapped));
        }

        private static long mmap(long bytes) {
            try {
                return (long) MMAP.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            } catch (Throwable e) {
                throw new IllegalStateException("mmap could not be called", e);
            }
        }

        /** A request, not a demand: where the kernel does not follow it the memory works all the same. */
        static void advise(long address, long bytes, int advice) {
            try {
                int unused = (int) MADVISE.invokeExact(address, bytes, advice);
            } catch (Throwable e) {
                throw new IllegalStateException("madvise could not be called", e);
            }
        }

        private static void unmap(long address, long bytes) {
            try {
                int unused = (int) MUNMAP.invokeExact(address, bytes);
            } catch (Throwable e) {
                throw new IllegalStateException("munmap could not be called", e);
            }
        }
    }
}
