package smelt.tokenizer.jinja;

/** A function, method, macro or loop that an expression may call. */
interface Callable {
    Object call(Arguments arguments);

    /** How it prints; without addresses, which differ from run to run. */
    default String describe() {
        return "<function>";
    }
}
