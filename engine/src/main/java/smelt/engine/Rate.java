package smelt.engine;

/** An amount per second over the last ten seconds or so; written by one thread, read by any. */
final class Rate {
    private static final double WINDOW_NANOS = 10e9;

    private double amount;
    private double nanos;
    private volatile double perSecond;

    void add(double newAmount, long newNanos) {
        double kept = Math.max(0, 1 - newNanos / WINDOW_NANOS);
        amount = amount * kept + newAmount;
        nanos = nanos * kept + newNanos;
        perSecond = nanos > 0 ? amount * 1e9 / nanos : 0;
    }

    /** 0 where nothing was measured. */
    double perSecond() {
        return perSecond;
    }
}
