package smelt.runtime;

/** A step was {@linkplain StepRunner#interrupt interrupted}: nothing is wrong, and nothing of it counts. */
public final class StepInterrupted extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Without a trace of the stack: it is no error, and where it comes from is known. */
    public StepInterrupted() {
        super("The step was interrupted", null, false, false);
    }
}
