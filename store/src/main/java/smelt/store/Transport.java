package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * HTTP as the store needs it: the user's proxies and certificates, credentials that go to no one but their own server,
 * redirects followed by hand so that what a hub says on the way is not lost.
 */
final class Transport {
    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final Settings settings;
    private final HttpClient client;

    Transport(Settings settings) {
        this.settings = settings;
        // Java refuses Basic towards proxies unless told; set before its HTTP classes load
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(settings.proxies().selector())
                .sslContext(Trust.context(settings.caBundles()))
                .build();
    }

    /**
     * GETs {@code address}.
     *
     * @throws IOException where it may help to try again
     * @throws Failure UNAVAILABLE where it will not: a certificate not trusted, a redirect that leads nowhere
     */
    Reply get(URI address, Map<String, String> headers) throws IOException, InterruptedException {
        URI at = address;
        Optional<String> promised = Optional.empty();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(request(at, address, headers));
            promised = promised.or(() -> linkedSha256(response));
            if (!REDIRECTS.contains(response.statusCode())) {
                return new Reply(response.statusCode(), response.headers(), at, promised, response.body());
            }
            response.body().close();
            at = next(at, response.headers().firstValue("Location").orElse(""));
        }
        throw Failure.of(
                FailureCode.UNAVAILABLE, Addresses.shown(address) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (javax.net.ssl.SSLHandshakeException e) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            "The certificate of " + request.uri().getHost() + " is not trusted: " + e.getMessage())
                    .withNextStep("where your network has certificates of its own, set SSL_CERT_FILE to their PEM file")
                    .withCause(e);
        }
    }

    private HttpRequest request(URI at, URI first, Map<String, String> headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(withoutUser(at))
                .timeout(settings.stall())
                .GET();
        builder.header("User-Agent", "smelt").header("Accept-Encoding", "identity");
        headers.forEach(builder::header);
        if (Addresses.sameOrigin(at, settings.hub())) {
            settings.hubToken().ifPresent(token -> builder.header("Authorization", "Bearer " + token));
        } else if (at.equals(first) && first.getRawUserInfo() != null) {
            builder.header("Authorization", basic(first.getRawUserInfo()));
        }
        settings.proxies()
                .proxyFor(at)
                .map(URI::getRawUserInfo)
                .ifPresent(login -> builder.header("Proxy-Authorization", basic(login)));
        return builder.build();
    }

    private static URI withoutUser(URI at) {
        return at.getRawUserInfo() == null ? at : URI.create(at.toString().replaceFirst("//[^/@]*@", "//"));
    }

    private static String basic(String userInfo) {
        String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    private static URI next(URI at, String location) {
        try {
            URI next = Addresses.checked(at.resolve(URI.create(location)));
            if (at.getScheme().equalsIgnoreCase("https") && !next.getScheme().equalsIgnoreCase("https")) {
                throw Failure.of(
                        FailureCode.UNAVAILABLE, Addresses.shown(at) + " redirects to an address without https");
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, Addresses.shown(at) + " redirects to what is no address");
        }
    }

    /** The hub's answer names the digest of large files before it redirects to where they lie. */
    private static Optional<String> linkedSha256(HttpResponse<?> response) {
        return response.headers()
                .firstValue("X-Linked-Etag")
                .map(tag -> tag.replaceFirst("^W/", "").replace("\"", ""))
                .filter(tag -> tag.matches("[0-9a-f]{64}"));
    }
}
