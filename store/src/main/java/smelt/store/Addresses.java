package smelt.store;

import java.net.URI;
import java.util.Locale;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Which addresses are fetched at all, and how they are shown. */
final class Addresses {
    private Addresses() {}

    /** @throws Failure INVALID_ARGUMENT unless {@code address} is https, or http to this very machine */
    static URI checked(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (address.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, shown(address) + " is no https address");
        }
        if (scheme.equals("http") && !isLoopback(address.getHost())) {
            throw Failure.of(
                            FailureCode.INVALID_ARGUMENT,
                            shown(address) + " is not encrypted; plain http is used to this machine only")
                    .withNextStep("use https");
        }
        return address;
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Without user, password and query: these may hold secrets. */
    static String shown(URI address) {
        if (address.getHost() == null) {
            return "'" + address + "'";
        }
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return address.getScheme() + "://" + address.getHost() + port + address.getRawPath();
    }

    static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }
}
