package smelt.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import smelt.server.generation.Serving;
import smelt.server.http.Limits;

/**
 * How a server runs.
 *
 * @param host name or address to listen on
 * @param port 0 for any that is free
 * @param aliases other names of models; one may end with a star
 * @param acceptsAnyModel whether a model name that nobody knows means the first model
 * @param lenient whether fields that no table knows pass
 * @param drain how long requests may go on after the end was asked for
 * @param limits of HTTP
 * @param requestLimits of what a request may ask for
 */
public record ServerSettings(
        String host,
        int port,
        Map<String, String> aliases,
        boolean acceptsAnyModel,
        boolean lenient,
        Duration drain,
        Limits limits,
        Serving.Limits requestLimits) {
    public static final ServerSettings DEFAULT = new ServerSettings(
            "127.0.0.1", 8080, Map.of(), false, false, Duration.ofSeconds(30), Limits.DEFAULT, Serving.Limits.DEFAULT);

    public ServerSettings withAddress(String newHost, int newPort) {
        return new ServerSettings(newHost, newPort, aliases, acceptsAnyModel, lenient, drain, limits, requestLimits);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }
}
