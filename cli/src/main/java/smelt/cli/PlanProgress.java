package smelt.cli;

import smelt.planner.choice.Progress;

/** How far a search is, a few times a second. */
final class PlanProgress implements Progress {
    private static final long PAUSE_NANOS = 200_000_000;

    private final StatusLine status;
    private long lastShown = System.nanoTime(); // short searches say nothing

    private PlanProgress(StatusLine status) {
        this.status = status;
    }

    static Progress on(StatusLine status) {
        return Tty.isTerminal(Tty.STANDARD_ERROR) ? new PlanProgress(status) : NONE;
    }

    @Override
    public synchronized void at(int done, int all) {
        long now = System.nanoTime();
        if (now - lastShown > PAUSE_NANOS) {
            lastShown = now;
            int cells = (int) (30L * done / Math.max(1, all));
            status.show("layouts tried [" + "=".repeat(cells) + " ".repeat(30 - cells) + "] " + done + " of " + all);
        }
    }
}
