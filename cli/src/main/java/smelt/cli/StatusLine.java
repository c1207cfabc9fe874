package smelt.cli;

import java.io.PrintWriter;
import java.util.function.IntSupplier;

/** Tells what is being done: in one line of a terminal, which is drawn anew, else line by line. */
final class StatusLine implements AutoCloseable {
    private static final String ERASE_TO_END = "\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final IntSupplier width;

    StatusLine(PrintWriter err, boolean terminal, IntSupplier width) {
        this.err = err;
        this.terminal = terminal;
        this.width = width;
    }

    static StatusLine on(PrintWriter err) {
        return new StatusLine(err, Tty.isTerminal(Tty.STANDARD_ERROR), Tty::width);
    }

    void show(String what) {
        if (terminal) {
            String line = "smelt: " + what;
            err.print("\r" + line.substring(0, Math.min(line.length(), Math.max(20, width.getAsInt() - 1))));
            err.print(ERASE_TO_END);
            err.flush();
        } else {
            err.println("smelt: " + what);
        }
    }

    /** Leaves an empty line. */
    @Override
    public void close() {
        if (terminal) {
            err.print("\r" + ERASE_TO_END);
            err.flush();
        }
    }
}
