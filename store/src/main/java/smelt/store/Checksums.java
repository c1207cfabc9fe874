package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.OptionalLong;

/** Compares stored models with what was recorded when they came. */
final class Checksums {
    private Checksums() {}

    /** Whether every file still has the digest of the manifest; reads all of them. */
    static boolean hold(StoredModel model, Path folder, Progress progress) {
        progress.start("checking " + model.name(), 0, OptionalLong.of(model.bytes()));
        try {
            long done = 0;
            for (StoredFile file : model.files()) {
                if (!sha256(folder.resolve(file.name()), done, progress).equals(file.sha256())) {
                    return false;
                }
                done += file.bytes();
            }
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            progress.finish();
        }
    }

    private static String sha256(Path file, long before, Progress progress) throws IOException {
        MessageDigest digest = Parts.sha256();
        byte[] buffer = new byte[1 << 20];
        long done = before;
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                done += n;
                progress.at(done);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
