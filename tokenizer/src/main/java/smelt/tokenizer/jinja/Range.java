package smelt.tokenizer.jinja;

import java.util.AbstractList;

/** The integers from {@code start} by {@code step}; {@code size} of them. */
final class Range extends AbstractList<Object> {
    /** The longest range that the sandbox of Jinja2 allows. */
    static final int MAX_SIZE = 100_000;

    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    private Range(long start, long stop, long step, int size) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = size;
    }

    static Range of(long start, long stop, long step) {
        if (step == 0) {
            throw Fault.of("range() arg 3 must not be zero");
        }
        double span = step > 0 ? (double) stop - start : (double) start - stop;
        double size = Math.max(0, Math.ceil(span / Math.abs((double) step)));
        if (size > MAX_SIZE) {
            throw Fault.limit("range too big, the sandbox blocks ranges larger than " + MAX_SIZE);
        }
        return new Range(start, stop, step, (int) size);
    }

    /** The elements {@code from}, {@code from + by} ... before {@code to}, {@code count} of them. */
    Range slice(long from, long to, long by, int count) {
        return new Range(start + from * step, start + to * step, step * by, count);
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    String repr() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
