package smelt.server.http;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Reason;

/** The keys that open a server. They are compared in a time that tells nothing of them. */
public final class ApiKeys {
    /** No key is needed. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private static final int SHORTEST = 8;
    private static final int LONGEST_FILE = 1 << 20;

    private final List<Key> keys;

    /** @param hash SHA-256 of the key */
    private record Key(String name, byte[] hash) {}

    private ApiKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws Failure INVALID_ARGUMENT for one that is too short or has spaces */
    public static ApiKeys of(List<String> secrets) {
        List<Key> keys = new ArrayList<>();
        for (String secret : secrets) {
            keys.add(key("key " + (keys.size() + 1), secret, "API key " + (keys.size() + 1)));
        }
        return new ApiKeys(keys);
    }

    /**
     * A file with a key in each line, behind a name and a space where it has one; lines that begin with # are comments.
     *
     * @throws Failure NOT_FOUND or UNAVAILABLE where it cannot be read, MALFORMED with the line where it is no such
     *     file; no message tells a key
     */
    public static ApiKeys read(Path file) {
        List<Key> keys = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                String where = file + ", line " + (i + 1);
                String[] parts = line.split("\\s+");
                if (parts.length > 2) {
                    throw malformed(where + ": a key, or a name and a key, must stand in a line")
                            .withNextStep("a key has no spaces");
                }
                String name = parts.length == 2 ? parts[0] : "key " + (keys.size() + 1);
                keys.add(key(name, parts[parts.length - 1], where));
            }
        }
        if (keys.isEmpty()) {
            throw malformed(file + " holds no API key").withNextStep("write one key in each line");
        }
        return new ApiKeys(keys);
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw malformed(file + " is too large for a file of API keys");
            }
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw Failure.of(FailureCode.NOT_FOUND, "The file of API keys is not there: " + file)
                    .withCause(e);
        } catch (CharacterCodingException e) {
            throw malformed(file + " is no text").withCause(e);
        } catch (IOException e) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            "The file of API keys cannot be read: " + file + ": " + Reason.of(e))
                    .withCause(e);
        }
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, what);
    }

    private static Key key(String name, String secret, String where) {
        if (secret.length() < SHORTEST || secret.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw Failure.of(
                            FailureCode.INVALID_ARGUMENT,
                            where + ": a key has at least " + SHORTEST + " characters, none of them a space")
                    .withNextStep("openssl rand -hex 24 makes one");
        }
        return new Key(name, hash(secret));
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** These and others. */
    public ApiKeys and(ApiKeys more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Key> all = new ArrayList<>(keys);
        all.addAll(more.keys);
        return new ApiKeys(all);
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** The name of the key; looks at all of them, whichever it is. */
    Optional<String> nameOf(String presented) {
        byte[] hash = hash(presented);
        Optional<String> found = Optional.empty();
        for (Key key : keys) {
            if (MessageDigest.isEqual(key.hash, hash)) {
                found = Optional.of(key.name);
            }
        }
        return found;
    }
}
