package smelt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.Failure;
import smelt.server.http.HttpSettings;
import smelt.server.http.TlsFiles;

/** Guards server/: TLS with files in PEM, and files that are none; keytool of this Java makes them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        make("rsa", "RSA");
        make("ec", "EC");
    }

    /** {@code NAME.crt} and {@code NAME.key}. */
    private static void make(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "x",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        pem(name + ".crt", "CERTIFICATE", keys.getCertificateChain("x")[0].getEncoded());
        pem(
                name + ".key",
                "PRIVATE KEY",
                keys.getKey("x", PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(String file, String label, byte[] der) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                        + "-----\n");
    }

    private static RunningServer start(String certificate, String key) {
        TlsFiles files = new TlsFiles(folder.resolve(certificate), folder.resolve(key));
        return RunningServer.loading(
                ServerSettings.DEFAULT.withHttp(HttpSettings.DEFAULT.withTls(files)), new NullModels(), "null");
    }

    @ParameterizedTest
    @CsvSource({"rsa", "ec"})
    void speaksTlsInBothVersionsOfHttp(String name) throws Exception {
        Certificate own = KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD.toCharArray())
                .getCertificate("x");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", own);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (RunningServer server = start(name + ".crt", name + ".key")) {
            server.server.loaded().join();
            assertThat(server.server.uri().getScheme()).isEqualTo("https");
            for (HttpClient.Version version : HttpClient.Version.values()) {
                if (version.name().equals("HTTP_3")) {
                    continue;
                }
                try (HttpClient client = HttpClient.newBuilder()
                        .sslContext(context)
                        .version(version)
                        .build()) {
                    URI uri = server.uri("/v1/chat/completions");
                    HttpResponse<String> response = client.send(
                            HttpRequest.newBuilder(uri)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":3,"
                                                    + "\"stream\":true}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertThat(response.statusCode()).isEqualTo(200);
                    assertThat(response.version()).isEqualTo(version);
                    assertThat(response.body()).endsWith("data: [DONE]\n\n");
                }
            }
        }
    }

    @Test
    void saysWhatIsWrongWithTheFiles() throws Exception {
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(
                folder.resolve("old.key"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----");
        Files.writeString(folder.resolve("bad.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
        for (List<String> wrong : List.of(
                List.of("none.crt", "rsa.key", "not there"),
                List.of("rsa.crt", "none.key", "not there"),
                List.of("empty", "rsa.key", "no certificate"),
                List.of("rsa.key", "rsa.key", "certificate"),
                List.of("rsa.crt", "rsa.crt", "no private key"),
                List.of("rsa.crt", "old.key", "no private key"),
                List.of("rsa.crt", "bad.key", "private key"),
                List.of("rsa.crt", "ec.key", "is not that of the first certificate"))) {
            assertThatThrownBy(() -> start(wrong.get(0), wrong.get(1)).close())
                    .as(wrong.toString())
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(wrong.get(2));
        }
    }
}
