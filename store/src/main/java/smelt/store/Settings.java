package smelt.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * How the store reaches the world.
 *
 * @param offline nothing is asked of any network; what is missing is a failure
 * @param ignoreMemory models that this machine cannot hold are downloaded all the same
 * @param hub the Hugging Face hub or a mirror of it
 * @param hubToken sent to {@code hub} alone
 * @param caBundles PEM files whose certificates are trusted besides Java's own
 * @param firstBackoff the wait before the first retry; doubles from there
 * @param stall how long a transfer may stay silent before it counts as cut
 */
public record Settings(
        boolean offline,
        boolean ignoreMemory,
        URI hub,
        Optional<String> hubToken,
        Proxies proxies,
        List<Path> caBundles,
        Duration firstBackoff,
        Duration stall) {
    private static final String DEFAULT_HUB = "https://huggingface.co";

    public Settings {
        caBundles = List.copyOf(caBundles);
    }

    /** What the environment asks for, by the variables that curl, pip and the Hugging Face tools read. */
    public static Settings fromEnvironment() {
        return fromEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static Settings fromEnvironment(Map<String, String> environment, Path home) {
        return new Settings(
                isTrue(environment.getOrDefault("HF_HUB_OFFLINE", "")),
                false,
                hub(environment.getOrDefault("HF_ENDPOINT", "")),
                token(environment, home),
                Proxies.fromEnvironment(environment),
                caBundles(environment),
                Duration.ofMillis(500),
                Duration.ofSeconds(60));
    }

    public Settings withOffline(boolean value) {
        return new Settings(value, ignoreMemory, hub, hubToken, proxies, caBundles, firstBackoff, stall);
    }

    public Settings withIgnoreMemory(boolean value) {
        return new Settings(offline, value, hub, hubToken, proxies, caBundles, firstBackoff, stall);
    }

    Settings withHub(URI endpoint, Optional<String> token) {
        return new Settings(offline, ignoreMemory, endpoint, token, proxies, caBundles, firstBackoff, stall);
    }

    Settings withTimes(Duration backoff, Duration silence) {
        return new Settings(offline, ignoreMemory, hub, hubToken, proxies, caBundles, backoff, silence);
    }

    /** Keeps the token out of logs. */
    @Override
    public String toString() {
        return "Settings[offline=" + offline + ", hub=" + hub + ", token=" + (hubToken.isPresent() ? "set" : "none")
                + "]";
    }

    private static boolean isTrue(String text) {
        return List.of("1", "true", "yes", "on").contains(text.toLowerCase(java.util.Locale.ROOT));
    }

    private static URI hub(String text) {
        String address = text.isBlank() ? DEFAULT_HUB : text.strip().replaceAll("/+$", "");
        try {
            return Addresses.checked(URI.create(address));
        } catch (IllegalArgumentException e) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "HF_ENDPOINT=" + text + " is no address");
        }
    }

    private static Optional<String> token(Map<String, String> environment, Path home) {
        return Stream.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
                .map(name -> environment.getOrDefault(name, "").strip())
                .filter(value -> !value.isEmpty())
                .findFirst()
                .or(() -> tokenFile(environment, home));
    }

    private static Optional<String> tokenFile(Map<String, String> environment, Path home) {
        String cache = environment.getOrDefault(
                "XDG_CACHE_HOME", home.resolve(".cache").toString());
        Path hubHome = Path.of(environment.getOrDefault(
                "HF_HOME", Path.of(cache, "huggingface").toString()));
        Path file = Path.of(environment.getOrDefault(
                "HF_TOKEN_PATH", hubHome.resolve("token").toString()));
        try {
            return Files.isReadable(file)
                    ? Optional.of(Files.readString(file).strip()).filter(t -> !t.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<Path> caBundles(Map<String, String> environment) {
        return Stream.of("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .map(Path::of)
                .distinct()
                .toList();
    }
}
