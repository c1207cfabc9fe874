package smelt.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** What the C library knows about the terminal; where it is not the usual one, there is no terminal. */
final class Tty {
    static final int STANDARD_INPUT = 0;
    static final int STANDARD_OUTPUT = 1;
    static final int STANDARD_ERROR = 2;

    private static final int DEFAULT_WIDTH = 80;
    private static final boolean MAC =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    /** The request number of sys/ioctl.h. */
    private static final long TIOCGWINSZ = MAC ? 0x40087468L : 0x5413L;

    private Tty() {}

    static boolean isTerminal(int descriptor) {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle isatty = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("isatty"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return (int) isatty.invokeExact(descriptor) == 1 && !"dumb".equals(System.getenv("TERM"));
        } catch (Throwable e) {
            return false;
        }
    }

    /** Columns of the terminal behind standard error. */
    static int width() {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle ioctl = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2));
            MemorySegment size = arena.allocate(8, 2); // struct winsize: rows, columns, 2 unused; 16 bits each
            int answer = (int) ioctl.invokeExact(STANDARD_ERROR, TIOCGWINSZ, size);
            int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2));
            return answer == 0 && columns > 0 ? columns : DEFAULT_WIDTH;
        } catch (Throwable e) {
            return DEFAULT_WIDTH;
        }
    }
}
