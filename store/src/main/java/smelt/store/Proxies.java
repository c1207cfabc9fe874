package smelt.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The proxies of the environment: {@code https_proxy}, {@code http_proxy}, {@code all_proxy}, {@code no_proxy}, in
 * small or capital letters.
 *
 * @param exceptions hosts, domains, or {@code *}, that are reached directly
 */
public record Proxies(Optional<URI> https, Optional<URI> http, List<String> exceptions) {
    public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

    public Proxies {
        exceptions = List.copyOf(exceptions);
    }

    static Proxies fromEnvironment(Map<String, String> environment) {
        Optional<URI> all = address(environment, "all_proxy");
        return new Proxies(
                address(environment, "https_proxy").or(() -> all),
                address(environment, "http_proxy").or(() -> all),
                Arrays.stream(value(environment, "no_proxy").split("[,\\s]+"))
                        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                        .filter(entry -> !entry.isEmpty())
                        .toList());
    }

    /** The proxy for {@code target}; empty where it is reached directly. */
    Optional<URI> proxyFor(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        if (Addresses.isLoopback(host) || exceptions.stream().anyMatch(entry -> covers(entry, host))) {
            return Optional.empty();
        }
        return target.getScheme().equalsIgnoreCase("https") ? https : http;
    }

    ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI target) {
                return List.of(proxyFor(target)
                        .map(p -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(p.getHost(), p.getPort())))
                        .orElse(Proxy.NO_PROXY));
            }

            @Override
            public void connectFailed(URI target, SocketAddress proxy, IOException cause) {
                // the request fails by itself, and says so
            }
        };
    }

    private static boolean covers(String entry, String host) {
        if (entry.equals("*")) {
            return true;
        }
        String domain = entry.replaceFirst(":\\d+$", "").replaceFirst("^\\*?\\.", "");
        return host.equals(domain) || host.endsWith("." + domain);
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
    }

    private static Optional<URI> address(Map<String, String> environment, String name) {
        String text = value(environment, name).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(withPort(URI.create(text.contains("://") ? text : "http://" + text), name));
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "The variable " + name + " holds no proxy address");
        }
    }

    private static URI withPort(URI proxy, String name) {
        String scheme = proxy.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") || proxy.getHost() == null) {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "The variable " + name + " asks for a proxy of kind '" + scheme + "'")
                    .withNextStep("name an http proxy there, or list the host in no_proxy");
        }
        if (proxy.getPort() >= 0) {
            return proxy;
        }
        String user = proxy.getRawUserInfo() == null ? "" : proxy.getRawUserInfo() + "@";
        return URI.create("http://" + user + proxy.getHost() + ":80");
    }
}
