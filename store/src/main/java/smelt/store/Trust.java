package smelt.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Java's own trusted certificates and those of the user's PEM files. */
final class Trust {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----");

    private Trust() {}

    /**
     * @param bundles PEM files, or folders of them
     * @throws Failure INVALID_ARGUMENT where one cannot be read or holds no certificate
     */
    static SSLContext context(List<Path> bundles) {
        try {
            if (bundles.isEmpty()) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(bundles), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw Failure.of(FailureCode.INTERNAL, "TLS cannot be set up: " + e.getMessage())
                    .withCause(e);
        }
    }

    private static TrustManager[] managers(List<Path> bundles) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (X509Certificate certificate : javasOwn()) {
            store.setCertificateEntry("c" + number++, certificate);
        }
        for (Path bundle : bundles) {
            for (Certificate certificate : certificates(bundle)) {
                store.setCertificateEntry("c" + number++, certificate);
            }
        }
        return factory(store).getTrustManagers();
    }

    private static List<X509Certificate> javasOwn() throws GeneralSecurityException {
        List<X509Certificate> own = new ArrayList<>();
        for (TrustManager manager : factory(null).getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                own.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return own;
    }

    @SuppressWarnings("NullAway") // null asks for Java's own store
    private static TrustManagerFactory factory(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static List<Certificate> certificates(Path bundle) throws CertificateException {
        List<Certificate> found = new ArrayList<>();
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        Matcher m = CERTIFICATE.matcher(text(bundle));
        while (m.find()) {
            parse(m.group().replace("TRUSTED ", ""), x509).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            throw bad(bundle, "holds no certificate");
        }
        return found;
    }

    /** Empty for an odd certificate: one among a system's hundred must not spoil the others. */
    private static Optional<Certificate> parse(String pem, CertificateFactory x509) {
        try {
            byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
            return Optional.of(x509.generateCertificate(new ByteArrayInputStream(bytes)));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    private static String text(Path bundle) {
        try {
            if (!Files.isDirectory(bundle)) {
                return Files.readString(bundle, StandardCharsets.ISO_8859_1);
            }
            StringBuilder all = new StringBuilder();
            try (Stream<Path> files = Files.list(bundle)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.append(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .append('\n');
                }
            }
            return all.toString();
        } catch (IOException e) {
            throw bad(bundle, "cannot be read").withCause(e);
        }
    }

    private static Failure bad(Path bundle, String what) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The certificate file " + bundle + " " + what)
                .withNextStep("look at SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE");
    }
}
