package smelt.server.http;

import io.helidon.common.tls.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;

/**
 * What a server proves with who it is.
 *
 * @param certificate the chain, its own certificate first, in PEM
 * @param key the private key, PKCS #8 in PEM, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    private static final int LONGEST = 1 << 20;
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

    /**
     * Reads both.
     *
     * @throws Failure NOT_FOUND, UNAVAILABLE or MALFORMED, with the file and what to do; INVALID_ARGUMENT where they do
     *     not belong together
     */
    Tls read() {
        Certificate[] chain = chain();
        PrivateKey secret = secret();
        checkPair(chain[0].getPublicKey(), secret);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", secret, new char[0], chain);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return Tls.builder().sslContext(context).build();
        } catch (GeneralSecurityException | IOException e) {
            throw Failure.of(FailureCode.MALFORMED, certificate + " and " + key + " cannot be used: " + e.getMessage())
                    .withCause(e);
        }
    }

    private Certificate[] chain() {
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes(certificate)));
            if (all.isEmpty()) {
                throw malformed(certificate, "holds no certificate");
            }
            return all.toArray(Certificate[]::new);
        } catch (CertificateException e) {
            throw malformed(certificate, "is no certificate in PEM").withCause(e);
        }
    }

    private PrivateKey secret() {
        String text = new String(bytes(key), StandardCharsets.ISO_8859_1);
        Matcher pem = PKCS8.matcher(text);
        if (!pem.find()) {
            throw malformed(key, "holds no private key of the form BEGIN PRIVATE KEY")
                    .withNextStep("openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW makes one of other forms");
        }
        byte[] der = decode(pem.group(1));
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // of another kind
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // every Java has these
            }
        }
        throw malformed(key, "holds a private key that is neither of RSA, of elliptic curves nor Ed25519");
    }

    private byte[] decode(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw malformed(key, "is damaged").withCause(e);
        }
    }

    private void checkPair(PublicKey open, PrivateKey secret) {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        boolean fits;
        try {
            byte[] sample = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(sample);
            fits = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            fits = false;
        }
        if (!fits) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "The key in " + key + " is not that of the first certificate in " + certificate);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw malformed(file, "is too large");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "The file for TLS is not there: " + file)
                    .withCause(e);
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, "The file for TLS cannot be read: " + file + ": " + Reason.of(e))
                    .withCause(e);
        }
    }

    private static Failure malformed(Path file, String what) {
        return Failure.of(FailureCode.MALFORMED, file + " " + what);
    }
}
