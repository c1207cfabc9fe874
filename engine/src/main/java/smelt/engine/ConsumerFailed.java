package smelt.engine;

/** A request's consumer threw; told apart from failures of the engine itself. */
final class ConsumerFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConsumerFailed(Throwable cause) {
        super(cause);
    }
}
