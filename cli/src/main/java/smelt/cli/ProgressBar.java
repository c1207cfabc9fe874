package smelt.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import smelt.store.Progress;
import smelt.store.Sizes;

/**
 * Draws a transfer in one line of a terminal, at most ten times a second. Where standard error is no terminal it prints
 * a plain line now and then.
 */
final class ProgressBar implements Progress {
    private static final long DRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(30).toNanos();
    /** The rate shown is that of about the last three seconds. */
    private static final double RATE_MEMORY_SECONDS = 3;

    /** Columns left free for the ^C that a terminal writes behind the line. */
    private static final int TTY_ECHO = 3;

    private static final String ERASE_TO_END = "\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final IntSupplier width;
    private final LongSupplier clock;

    private String what = "";
    private OptionalLong total = OptionalLong.empty();
    private long done;
    /** Smoothed bytes a second, and how much of the memory is filled: their quotient is unbiased from the start. */
    private double smoothed;

    private double filled;
    private long lastAt;
    private long lastDone;
    private long lastDrawn;
    private boolean active;

    ProgressBar(PrintWriter err, boolean terminal, IntSupplier width, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.width = width;
        this.clock = nanos;
    }

    static ProgressBar on(PrintWriter err) {
        return new ProgressBar(err, Tty.isTerminal(Tty.STANDARD_ERROR), Tty::width, System::nanoTime);
    }

    @Override
    public synchronized void start(String name, long already, OptionalLong bytes) {
        what = name;
        total = bytes;
        done = already;
        smoothed = 0;
        filled = 0;
        lastAt = clock.getAsLong();
        lastDone = already;
        active = true;
        show(lastAt);
    }

    @Override
    public synchronized void at(long bytes) {
        if (!active) {
            return;
        }
        done = bytes;
        long now = clock.getAsLong();
        if (now - lastDrawn >= (terminal ? DRAW_NANOS : LINE_NANOS)) {
            measure(now);
            show(now);
        }
    }

    @Override
    public synchronized void finish() {
        if (active && terminal) {
            err.print("\r" + ERASE_TO_END);
            err.flush();
        }
        active = false;
    }

    @Override
    public synchronized void note(String line) {
        if (active && terminal) {
            err.print("\r" + ERASE_TO_END);
        }
        err.println("smelt: " + line);
        err.flush();
    }

    private void measure(long now) {
        double seconds = (now - lastAt) / 1e9;
        if (done < lastDone) { // the transfer began again
            smoothed = 0;
            filled = 0;
        } else if (seconds > 0) {
            double weight = 1 - Math.exp(-seconds / RATE_MEMORY_SECONDS);
            smoothed += weight * ((done - lastDone) / seconds - smoothed);
            filled += weight * (1 - filled);
        }
        lastAt = now;
        lastDone = done;
    }

    private void show(long now) {
        lastDrawn = now;
        if (terminal) {
            err.print("\r" + line(Math.max(20, width.getAsInt() - TTY_ECHO)) + ERASE_TO_END);
        } else {
            err.println("smelt: " + what + ": " + figures());
        }
        err.flush();
    }

    /** Exactly one line of {@code columns}: name, bar, figures; the bar gives way first, then the name. */
    String line(int columns) {
        String figures = figures();
        int left = columns - figures.length() - 2;
        String name = what.length() <= Math.max(8, left - 12) ? what : shortened(what, Math.max(8, left - 12));
        int bar = Math.min(40, left - name.length() - 2);
        String text = bar >= 8 && total.isPresent() ? name + "  " + bar(bar) + "  " + figures : name + "  " + figures;
        return text.length() <= columns ? text : text.substring(0, columns);
    }

    private static String shortened(String text, int length) {
        return "..." + text.substring(text.length() - length + 3);
    }

    private String bar(int cells) {
        int filled = (int) Math.round(share() * (cells - 2));
        return "[" + "=".repeat(filled) + " ".repeat(cells - 2 - filled) + "]";
    }

    private double share() {
        long all = total.orElse(0);
        return all <= 0 ? 0 : Math.clamp((double) done / all, 0, 1);
    }

    private String figures() {
        StringBuilder text = new StringBuilder();
        if (total.isPresent()) {
            text.append(String.format(
                    "%3d%%  %s of %s", (int) (share() * 100), Sizes.text(done), Sizes.text(total.getAsLong())));
        } else {
            text.append(Sizes.text(done));
        }
        double rate = filled > 0 ? smoothed / filled : 0;
        if (rate > 0) {
            text.append("  ").append(Sizes.text((long) rate)).append("/s");
            if (total.isPresent() && total.getAsLong() > done) {
                text.append("  ")
                        .append(clock((long) ((total.getAsLong() - done) / rate)))
                        .append(" left");
            }
        }
        return text.toString();
    }

    private static String clock(long seconds) {
        return seconds >= 3600
                ? String.format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format("%d:%02d", seconds / 60, seconds % 60);
    }
}
