package smelt.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A GGUF file at an address. */
final class WebFetcher implements Fetcher {
    private final Source.Web source;
    private final Transport transport;
    private final Settings settings;
    private final Room room;

    WebFetcher(Source.Web source, Transport transport, Settings settings, Room room) {
        this.source = source;
        this.transport = transport;
        this.settings = settings;
        this.room = room;
    }

    @Override
    public Fetched fetch(Path folder, Progress progress) throws IOException, InterruptedException {
        String shown = Addresses.shown(source.address());
        OptionalLong length = Probe.check(shown, source.address(), transport, settings, progress)
                .bytes();
        String name = fileName();
        if (length.isPresent()) {
            long all = length.getAsLong();
            room.checkMemory(all, shown);
            room.checkDisk(folder, all - Parts.bytesBelow(folder), shown);
        }
        RemoteFile file = new RemoteFile(source.address(), name, length, Optional.empty());
        progress.start(name, 0, length);
        try {
            StoredFile stored = new Download(transport, settings, file, folder, progress, progress::at).run();
            return new Fetched(shown, Optional.empty(), name, List.of(stored));
        } finally {
            progress.finish();
        }
    }

    private String fileName() {
        String path = source.address().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]+", "-");
        String base = last.replaceFirst("^[.-]+", "");
        String named = base.isEmpty() ? "model" : base.substring(Math.max(0, base.length() - 120));
        return ModelFileNames.isGguf(named) ? named : named + ".gguf";
    }
}
