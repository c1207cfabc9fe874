package smelt.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * One file over HTTP. Its bytes gather in {@code name.part}; they go on where they stopped as long as the server's tag
 * or the promised digest can prove that they belong together.
 */
final class Download {
    private final Transport transport;
    private final Settings settings;
    private final RemoteFile file;
    private final Path target;
    private final Path part;
    private final LongConsumer at;
    private final Patience patience;

    private MessageDigest digest = Parts.sha256();
    private long have;
    private Optional<String> validator = Optional.empty();
    private Optional<String> promised;
    private boolean resumed;

    /** @param at told the bytes that are there */
    Download(Transport transport, Settings settings, RemoteFile file, Path folder, Progress progress, LongConsumer at) {
        this.transport = transport;
        this.settings = settings;
        this.file = file;
        this.target = folder.resolve(file.name());
        this.part = Parts.of(target);
        this.at = at;
        this.promised = file.sha256();
        this.patience = new Patience(file.address(), settings.firstBackoff(), progress);
    }

    /**
     * Downloads what is missing and gives the file its final name.
     *
     * @throws Failure UNAVAILABLE, NOT_FOUND, or CORRUPT where length or digest differ from what was promised
     */
    StoredFile run() throws IOException, InterruptedException {
        Optional<StoredFile> finished = alreadyFinished();
        if (finished.isPresent()) {
            return finished.get();
        }
        takeUp();
        transfer();
        String sum = HexFormat.of().formatHex(digest.digest());
        if (promised.isPresent() && !promised.get().equals(sum) && resumed) {
            restart(); // the pieces may not have belonged together: once more in one piece
            transfer();
            sum = HexFormat.of().formatHex(digest.digest());
        }
        if (promised.isPresent() && !promised.get().equals(sum)) {
            discard();
            throw Failure.of(
                            FailureCode.CORRUPT,
                            file.name() + " has SHA-256 " + sum + ", but " + promised.get() + " was promised")
                    .withNextStep("try again later or from another source; nothing of it was kept");
        }
        Parts.publish(part, target);
        Files.deleteIfExists(PartNote.of(part));
        return new StoredFile(file.name(), have, sum);
    }

    /** A file that an earlier, stopped pull of several had finished; only a digest proves it. */
    private Optional<StoredFile> alreadyFinished() throws IOException {
        if (!Files.isRegularFile(target) || file.sha256().isEmpty()) {
            return Optional.empty();
        }
        MessageDigest own = Parts.sha256();
        Parts.digest(target, own);
        String sum = HexFormat.of().formatHex(own.digest());
        if (!sum.equals(file.sha256().get())) {
            return Optional.empty();
        }
        long bytes = Files.size(target);
        at.accept(bytes);
        return Optional.of(new StoredFile(file.name(), bytes, sum));
    }

    private void takeUp() throws IOException {
        Optional<PartNote> note = PartNote.read(part);
        boolean usable = Files.isRegularFile(part)
                && note.isPresent()
                && note.get().address().equals(Addresses.shown(file.address()))
                && (note.get().validator() != null || promised.isPresent());
        if (!usable) {
            restart();
            return;
        }
        validator = Optional.ofNullable(note.get().validator());
        Parts.digest(part, digest);
        have = Files.size(part);
        resumed = have > 0;
        at.accept(have);
    }

    private void restart() throws IOException {
        Files.deleteIfExists(part);
        digest = Parts.sha256();
        have = 0;
        validator = Optional.empty();
        resumed = false;
        at.accept(0);
    }

    private void discard() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(PartNote.of(part));
    }

    private void transfer() throws IOException, InterruptedException {
        boolean complete = false;
        while (!complete) {
            long before = have;
            try (Reply reply = transport.get(file.address(), rangeHeaders())) {
                complete = accept(reply);
            } catch (IOException e) {
                if (e instanceof java.nio.file.FileSystemException) {
                    throw e; // the disk's, not the network's
                }
                if (have > before) {
                    patience.reward();
                    resumed = true;
                }
                patience.afterBreak(e);
                if (validator.isEmpty() && promised.isEmpty()) {
                    restart();
                }
            }
        }
    }

    private Map<String, String> rangeHeaders() {
        Map<String, String> headers = new HashMap<>();
        if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
            validator.ifPresent(v -> headers.put("If-Range", v));
        }
        return headers;
    }

    /** Takes in one answer; true where the file is whole with it. */
    private boolean accept(Reply reply) throws IOException, InterruptedException {
        if (reply.status() == 416 && have > 0) {
            if (file.bytes().isPresent() && file.bytes().getAsLong() == have) {
                return true;
            }
            restart();
            patience.afterBreak(new IOException("the server has no byte " + have));
            return false;
        }
        if (!reply.isWhole() && !reply.isPart()) {
            patience.afterStatus(reply);
            return false;
        }
        if (have > 0 && !continues(reply)) {
            restart();
            if (reply.isPart()) {
                return false;
            }
        }
        reply.promisedSha256().ifPresent(this::promise);
        OptionalLong total = checkedTotal(reply);
        validator = reply.validator();
        new PartNote(Addresses.shown(file.address()), validator.orElse(null)).write(part);
        copy(reply, total);
        return true;
    }

    /** Whether the answer goes on exactly where the part stops, in the same version of the file. */
    private boolean continues(Reply reply) {
        boolean sameVersion = validator.isEmpty() || reply.validator().isEmpty() || validator.equals(reply.validator());
        return reply.isPart() && reply.partStart() == have && sameVersion;
    }

    private void promise(String sha256) {
        if (promised.isPresent() && !promised.get().equals(sha256)) {
            throw Failure.of(
                    FailureCode.CORRUPT,
                    file.name() + " is promised with two digests, " + promised.get() + " and " + sha256);
        }
        promised = Optional.of(sha256);
    }

    private OptionalLong checkedTotal(Reply reply) {
        OptionalLong total = reply.total();
        if (file.bytes().isPresent() && total.isPresent() && file.bytes().getAsLong() != total.getAsLong()) {
            throw Failure.of(
                            FailureCode.CORRUPT,
                            file.name() + " has " + total.getAsLong() + " bytes on the server, but "
                                    + file.bytes().getAsLong() + " were promised")
                    .withNextStep("the file may just be changing there; try again");
        }
        return total.isPresent() ? total : file.bytes();
    }

    private void copy(Reply reply, OptionalLong total) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                InputStream in = new StallGuard(reply.body(), settings.stall())) {
            out.truncate(have).position(have);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (total.isPresent() && have + n > total.getAsLong()) {
                    throw Failure.of(
                            FailureCode.CORRUPT, file.name() + " is longer than the announced " + total.getAsLong());
                }
                writeFully(out, ByteBuffer.wrap(buffer, 0, n));
                digest.update(buffer, 0, n);
                have += n;
                at.accept(have);
            }
        }
        if (total.isPresent() && have < total.getAsLong()) {
            throw new IOException("cut after " + have + " of " + total.getAsLong() + " bytes");
        }
    }

    private void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (java.nio.channels.ClosedByInterruptException e) {
            throw new IOException(new InterruptedException());
        } catch (IOException e) {
            throw (IOException)
                    new java.nio.file.FileSystemException(part.toString(), null, e.getMessage()).initCause(e);
        }
    }
}
