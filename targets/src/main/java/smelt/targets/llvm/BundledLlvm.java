package smelt.targets.llvm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.PartFiles;
import smelt.base.Reason;

/**
 * The libLLVM inside the jar of {@code org.bytedeco:llvm}, which has to be a file of its own before the system can load
 * it.
 *
 * @param resource where it is on the class path
 * @param size unpacked bytes
 * @param crc CRC-32 of the unpacked bytes, as the jar's directory states it
 */
record BundledLlvm(URL resource, long size, long crc) {
    private static final String PREFIX = "libLLVM";

    /** {@code linux-x86_64}: the platform's name in the jar. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux";
        return system + "-" + (arch.equals("amd64") ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
    }

    static Optional<BundledLlvm> onClassPath() {
        String library = platform().startsWith("macosx") ? "libLLVM.dylib" : "libLLVM.so";
        URL url = BundledLlvm.class.getClassLoader().getResource("org/bytedeco/llvm/" + platform() + "/" + library);
        if (url == null) {
            return Optional.empty();
        }
        try {
            if (!(url.openConnection() instanceof JarURLConnection connection)) {
                return Optional.empty();
            }
            JarEntry entry = connection.getJarEntry();
            return Optional.of(new BundledLlvm(url, entry.getSize(), entry.getCrc()));
        } catch (IOException e) {
            throw Failure.of(FailureCode.CORRUPT, url + " cannot be read").withCause(e);
        }
    }

    String identity() {
        return platform() + "-" + Long.toHexString(crc) + "-" + size;
    }

    /**
     * The unpacked library below {@code cache}; unpacked once. A second process waits for the first; a killed one
     * leaves no file of the final name.
     */
    Path unpack(Path cache) {
        Path folder = cache.resolve("llvm").resolve(identity());
        Path library = folder.resolve("libLLVM.so");
        try {
            if (isWhole(library)) {
                return library;
            }
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !isWhole(library)) {
                    PartFiles.forgetAbandoned(folder, PREFIX);
                    copyTo(library);
                }
            }
            return library;
        } catch (IOException e) {
            throw Failure.of(
                            FailureCode.OUT_OF_RESOURCES,
                            "libLLVM (" + (size >> 20) + " MiB) could not be unpacked into " + folder + ": "
                                    + Reason.of(e))
                    .withNextStep("make room there, or set SMELT_CACHE to a folder that can be written")
                    .withCause(e);
        }
    }

    private boolean isWhole(Path library) throws IOException {
        return Files.isRegularFile(library) && Files.size(library) == size;
    }

    private void copyTo(Path library) throws IOException {
        Path part = Files.createTempFile(library.getParent(), PREFIX, PartFiles.SUFFIX);
        try {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(resource.openStream(), sum);
                    OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            if (sum.getValue() != crc || Files.size(part) != size) {
                throw new IOException("the jar's copy of libLLVM does not match its own checksum");
            }
            Files.move(part, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
