package smelt.server.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may pass. A web page of somewhere else must not use the models of the person who looks at it: neither by asking
 * this machine directly (Origin), nor by a name of its own that leads here (Host).
 */
final class Gate {
    private static final String ANY = "*";
    private static final String PREFLIGHT_SECONDS = "600";

    private final ApiKeys keys;
    private final Set<String> hosts;
    private final Set<String> origins;
    private final boolean checksHosts;

    /** @param loopback whether only this machine can reach the server */
    Gate(HttpSettings settings, boolean loopback) {
        keys = settings.keys();
        hosts = settings.hosts();
        origins = settings.origins();
        checksHosts = !hosts.contains(ANY) && (loopback || !hosts.isEmpty());
    }

    /** @throws Problem 401 or 403 for whom may not pass */
    void check(Exchange exchange) {
        String host = hostName(exchange.authority());
        if (checksHosts && !isOwn(host) && !hosts.contains(host)) {
            throw forbidden(
                    "The server is not known as " + (host.isEmpty() ? "nothing" : host)
                            + "; whoever runs it can allow that name",
                    "host_not_allowed");
        }
        Optional<String> origin = exchange.header("Origin");
        if (origin.isPresent()) {
            checkOrigin(exchange, origin.get());
        }
        if (exchange.route().access() == Route.Access.KEYED && !keys.isEmpty()) {
            checkKey(exchange);
        }
    }

    private void checkOrigin(Exchange exchange, String origin) {
        exchange.replyHeader("Vary", "Origin");
        boolean sameSite = bare(origin).equals(exchange.authority().toLowerCase(Locale.ROOT));
        if (!sameSite && !origins.contains(ANY) && !origins.contains(origin) && !isOwn(hostName(bare(origin)))) {
            throw forbidden(
                    "Web pages of " + (origin.length() <= 100 ? origin : "that origin")
                            + " may not use this server; whoever runs it can allow them",
                    "origin_not_allowed");
        }
        exchange.replyHeader("Access-Control-Allow-Origin", origins.contains(ANY) ? ANY : origin);
        exchange.replyHeader("Access-Control-Expose-Headers", "X-Request-Id, request-id, Retry-After");
        if (exchange.method().equals("OPTIONS")) {
            exchange.replyHeader("Access-Control-Allow-Methods", "GET, POST, DELETE, HEAD");
            exchange.header("Access-Control-Request-Headers")
                    .ifPresent(names -> exchange.replyHeader("Access-Control-Allow-Headers", names));
            exchange.replyHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        }
    }

    private void checkKey(Exchange exchange) {
        Optional<String> presented = exchange.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length()))
                .map(value -> value.substring("Bearer ".length()).strip())
                .or(() -> exchange.header("X-Api-Key"))
                .or(() -> exchange.header("Api-Key"));
        Optional<String> name = presented.flatMap(keys::nameOf);
        if (name.isEmpty()) {
            exchange.replyHeader("WWW-Authenticate", "Bearer");
            throw Problem.of(
                    401,
                    presented.isEmpty()
                            ? "An API key is needed: Authorization: Bearer KEY, or X-Api-Key: KEY"
                            : "The API key is not one of this server's",
                    Problem.INVALID_REQUEST,
                    "invalid_api_key");
        }
        exchange.caller(name.get());
    }

    private static Problem forbidden(String message, String code) {
        return Problem.of(403, message, "permission_error", code);
    }

    /** Of {@code http://name:port}: {@code name:port}. */
    private static String bare(String origin) {
        int scheme = origin.indexOf("://");
        return scheme < 0 ? "" : origin.substring(scheme + 3).toLowerCase(Locale.ROOT);
    }

    /** Of {@code name:port}; empty for what is none. */
    private static String hostName(String authority) {
        try {
            String host = new URI("http://" + authority).getHost();
            return host == null ? "" : host.toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return "";
        }
    }

    /** Whether it is a name of this machine for itself, which nobody else can give to theirs. */
    private static boolean isOwn(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
