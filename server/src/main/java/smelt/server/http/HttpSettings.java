package smelt.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How a server listens, and to whom.
 *
 * @param host name or address to listen on
 * @param port 0 for any that is free
 * @param keys of those who may ask; none: everybody, which only a loopback address allows
 * @param hosts names that clients may call the server by, besides those of this machine; {@code *}: any
 * @param origins of web pages that may ask, besides those of this machine; {@code *}: any
 * @param tls empty for plain HTTP
 */
public record HttpSettings(
        String host,
        int port,
        ApiKeys keys,
        Set<String> hosts,
        Set<String> origins,
        Optional<TlsFiles> tls,
        Limits limits) {
    /** On loopback, for everybody who is there. */
    public static final HttpSettings DEFAULT =
            new HttpSettings("127.0.0.1", 8080, ApiKeys.NONE, Set.of(), Set.of(), Optional.empty(), Limits.DEFAULT);

    public HttpSettings {
        hosts = Set.copyOf(hosts);
        origins = Set.copyOf(origins);
    }

    public HttpSettings withAddress(String newHost, int newPort) {
        return new HttpSettings(newHost, newPort, keys, hosts, origins, tls, limits);
    }

    public HttpSettings withKeys(ApiKeys newKeys) {
        return new HttpSettings(host, port, newKeys, hosts, origins, tls, limits);
    }

    public HttpSettings withOrigins(Set<String> newOrigins) {
        return new HttpSettings(host, port, keys, hosts, newOrigins, tls, limits);
    }

    public HttpSettings withHosts(Set<String> newHosts) {
        return new HttpSettings(host, port, keys, newHosts, origins, tls, limits);
    }

    public HttpSettings withTls(TlsFiles files) {
        return new HttpSettings(host, port, keys, hosts, origins, Optional.of(files), limits);
    }

    public HttpSettings withLimits(Limits newLimits) {
        return new HttpSettings(host, port, keys, hosts, origins, tls, newLimits);
    }

    /**
     * Tells what would keep a server from listening: the address, and the files of TLS.
     *
     * @param tell hears of each failure
     */
    public void check(Consumer<Failure> tell) {
        try {
            address();
        } catch (Failure e) {
            tell.accept(e);
        }
        try {
            tls.ifPresent(TlsFiles::read);
        } catch (Failure e) {
            tell.accept(e);
        }
    }

    /**
     * Where to listen.
     *
     * @throws Failure INVALID_ARGUMENT for a name that is no address, or one that others can reach and no key guards
     */
    InetSocketAddress address() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        InetAddress ip = address.getAddress();
        if (ip == null) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The host " + host + " has no address")
                    .withNextStep("127.0.0.1 listens for this machine alone, 0.0.0.0 for all");
        }
        if (!ip.isLoopbackAddress() && keys.isEmpty()) {
            throw Failure.of(
                            FailureCode.INVALID_ARGUMENT,
                            "Others can reach " + host + ", and no API key is set: everybody could use the models")
                    .withNextStep("set a key with --api-key-file FILE, or listen on 127.0.0.1");
        }
        return address;
    }
}
