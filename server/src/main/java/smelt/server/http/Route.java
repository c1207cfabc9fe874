package smelt.server.http;

import java.util.List;
import java.util.stream.Stream;

/**
 * One thing that can be asked.
 *
 * @param method GET, POST ...
 * @param path as it is asked for, {@code /v1/models}; one that ends with {@code /*} takes any path below it, which is
 *     the {@linkplain Exchange#pathTail tail}
 * @param dialect how failures are told
 * @param access who may ask
 * @param handler what answers
 */
public record Route(String method, String path, Dialect dialect, Access access, Handler handler) {
    /** Who may use a route. */
    public enum Access {
        /** Everybody: probes have no key. */
        OPEN,
        /** Who has a key, where keys are set. */
        KEYED
    }

    /** What answers; runs on a virtual thread of the request's own, and may block. */
    public interface Handler {
        /**
         * Answers, by exactly one of the exchange's ways to do so.
         *
         * @throws Problem told to the client, before the answer or amid it
         * @throws smelt.base.Failure likewise, by {@link Problem#of}
         * @throws ClientGone ends the exchange without a word
         */
        void handle(Exchange exchange) throws InterruptedException;
    }

    /** For those with a key. */
    public static Route get(String path, Dialect dialect, Handler handler) {
        return new Route("GET", path, dialect, Access.KEYED, handler);
    }

    /** For those with a key. */
    public static Route post(String path, Dialect dialect, Handler handler) {
        return new Route("POST", path, dialect, Access.KEYED, handler);
    }

    /** For everybody. */
    public static Route open(String method, String path, Dialect dialect, Handler handler) {
        return new Route(method, path, dialect, Access.OPEN, handler);
    }

    /** Tells that {@code what} is known, and not there. */
    public static Route missing(String method, String path, Dialect dialect, String what) {
        return new Route(method, path, dialect, Access.KEYED, exchange -> {
            throw Problem.missing(what + " is not there: " + exchange.path());
        });
    }

    /** The same of a collection and of all that would be in it. */
    public static List<Route> missing(String path, Dialect dialect, String what) {
        return Stream.of("GET", "POST", "DELETE")
                .flatMap(method -> Stream.of(path, path + "/*").map(each -> missing(method, each, dialect, what)))
                .toList();
    }

    boolean takesTail() {
        return path.endsWith("/*");
    }

    /** Of a path that {@link #takesTail}: up to and with the last slash. */
    String prefix() {
        return path.substring(0, path.length() - 1);
    }
}
