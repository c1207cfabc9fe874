package smelt.tokenizer.jinja;

/** What one rendering may still use. Every loop, string operation and nesting asks here first. */
final class Budget {
    /** Chars that one step of the budget scans or copies. */
    private static final int CHARS_PER_STEP = 64;
    /** Memory of one list or dict element, in chars of two bytes. */
    private static final int CHARS_PER_ELEMENT = 16;
    /** How often the chat's own text may be copied into intermediate values. */
    private static final int COPIES_OF_INPUT = 32;

    private final Template.Limits limits;
    private final long memory;
    private long steps;
    private long allocated;
    private int depth;

    Budget(Template.Limits limits, long inputChars) {
        this.limits = limits;
        this.memory = limits.outputChars() + COPIES_OF_INPUT * inputChars;
    }

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > limits.steps()) {
            throw Fault.limit("rendering takes more than " + limits.steps() + " steps");
        }
    }

    /** Looking for {@code needle} chars in {@code text} chars: the worst case where the needle is long. */
    void search(long text, long needle) {
        if (needle > text) {
            return;
        }
        long work = needle <= CHARS_PER_STEP ? text : text * (needle / CHARS_PER_STEP);
        steps(1 + work / CHARS_PER_STEP);
    }

    /** A new intermediate text of so many chars. */
    void allocate(long chars) {
        steps(1 + chars / CHARS_PER_STEP);
        allocated += chars;
        if (allocated > memory) {
            throw Fault.limit("intermediate values take more than " + memory + " characters");
        }
    }

    /** A new list or dict of so many elements. */
    void elements(long count) {
        if (count > Integer.MAX_VALUE) {
            throw Fault.limit("a list of " + count + " elements");
        }
        steps(count / 4);
        allocate(count * CHARS_PER_ELEMENT);
    }

    void output(long total) {
        if (total > limits.outputChars()) {
            throw Fault.limit("output is longer than " + limits.outputChars() + " characters");
        }
    }

    /** One level deeper; {@link #leave} undoes it. A failing render never leaves, its budget ends with it. */
    void enter() {
        step();
        if (++depth > limits.depth()) {
            throw Fault.limit("nesting deeper than " + limits.depth());
        }
    }

    void leave() {
        depth--;
    }
}
