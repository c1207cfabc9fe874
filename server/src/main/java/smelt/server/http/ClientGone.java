package smelt.server.http;

/** Nobody hears the answer any more. */
public final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClientGone() {
        super("The client is gone", null, false, false);
    }

    public ClientGone(Throwable cause) {
        super("The client is gone", cause, false, false);
    }
}
