package smelt.targets.llvm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import smelt.base.PartFiles;

/**
 * Compiled objects on disk, found again by everything that decides their bytes: the IR text, the machine, the passes
 * and LLVM itself. An entry that does not match its checksum counts as absent. Where the folder cannot be written the
 * cache is empty and stays so. Threads and processes may share one folder.
 */
public final class ObjectCache {
    /** Raised when code generation changes in a way that the other parts of the key do not show. */
    private static final String CODEGEN_VERSION = "smelt-1";

    private static final long DEFAULT_LIMIT = 512L << 20;
    private static final byte[] MAGIC = "smeltob1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final String SUFFIX = ".smo";
    private static final String PREFIX = "object";

    private final Path folder;
    private final long limit;
    private final String generator;

    private ObjectCache(Path folder, long limit, String generator) {
        this.folder = folder;
        this.limit = limit;
        this.generator = generator;
    }

    /** The user's cache, at most 512 MiB. */
    public static ObjectCache ofUser() {
        return at(CacheFolder.root().resolve("objects"), DEFAULT_LIMIT);
    }

    /** A cache in {@code folder} that forgets the entries used longest ago beyond {@code limit} bytes. */
    public static ObjectCache at(Path folder, long limit) {
        return new ObjectCache(
                folder, limit, CODEGEN_VERSION + "\n" + LlvmLocation.find().identity());
    }

    /** The object of {@code ir}: from the cache, else from {@code compile} with its default passes, and kept. */
    public byte[] getOrCompile(String ir, TargetMachine machine, Supplier<byte[]> compile) {
        return getOrCompile(ir, machine, OptLevel.TIDY, compile);
    }

    /** As above, for code that {@code compile} makes with the passes of {@code level}. */
    public byte[] getOrCompile(String ir, TargetMachine machine, OptLevel level, Supplier<byte[]> compile) {
        Path file = folder.resolve(key(ir, machine, level) + SUFFIX);
        return read(file).orElseGet(() -> {
            byte[] object = compile.get();
            write(file, object);
            return object;
        });
    }

    private String key(String ir, TargetMachine machine, OptLevel level) {
        MessageDigest sha = sha256();
        for (String part :
                List.of(generator, machine.triple(), machine.cpu(), machine.features(), level.passes(), ir)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
            sha.update(bytes);
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static Optional<byte[]> read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int start = MAGIC.length + DIGEST;
            if (bytes.length < start || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                return Optional.empty();
            }
            byte[] object = Arrays.copyOfRange(bytes, start, bytes.length);
            if (!Arrays.equals(bytes, MAGIC.length, start, sha256().digest(object), 0, DIGEST)) {
                return Optional.empty();
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(object);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(Path file, byte[] object) {
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, PREFIX, PartFiles.SUFFIX);
            try {
                ByteBuffer bytes = ByteBuffer.allocate(MAGIC.length + DIGEST + object.length);
                bytes.put(MAGIC).put(sha256().digest(object)).put(object);
                Files.write(part, bytes.array());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            forgetBeyondLimit();
            PartFiles.forgetAbandoned(folder, PREFIX);
        } catch (IOException e) {
            // A cache that cannot be written costs compile time at the next start, nothing else.
        }
    }

    private void forgetBeyondLimit() throws IOException {
        List<Entry> entries;
        try (Stream<Path> files = Files.list(folder)) {
            entries = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .map(Entry::of)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparing(Entry::used).reversed())
                    .toList();
        }
        long kept = 0;
        for (Entry entry : entries) {
            kept += entry.size();
            if (kept > limit) {
                Files.deleteIfExists(entry.file());
            }
        }
    }

    private record Entry(Path file, long size, FileTime used) {
        static Optional<Entry> of(Path file) {
            try {
                return Optional.of(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java platform has SHA-256", e);
        }
    }
}
