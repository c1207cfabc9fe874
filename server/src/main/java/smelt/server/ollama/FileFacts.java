package smelt.server.ollama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import smelt.base.Failure;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.store.ModelStore;
import smelt.store.Progress;
import smelt.store.Settings;
import smelt.store.StoredModel;

/** What the files of models say; each is read once for as long as it does not change. */
final class FileFacts {
    /** A store that downloads nothing. */
    private final Optional<ModelStore> store;

    private final Map<Version, Facts> known = new ConcurrentHashMap<>();

    private record Version(Path path, Instant modified, long bytes) {}

    FileFacts(Optional<ModelStore> store) {
        this.store = store.map(given ->
                ModelStore.open(given.root(), Settings.fromEnvironment().withOffline(true)));
    }

    /** Empty where the model is not on this disk, or cannot be read. */
    Optional<Facts> of(String source) {
        try {
            return store.map(from -> read(from.resolve(source, Progress.NONE)));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private Facts read(StoredModel model) {
        Version version = new Version(model.path(), modified(model), model.bytes());
        Facts facts = known.get(version);
        if (facts == null) {
            try (ModelFile file = ModelFiles.open(model.path())) {
                facts = Facts.of(model, file, version.modified());
            }
            known.keySet().removeIf(old -> old.path().equals(version.path()));
            known.put(version, facts);
        }
        return facts;
    }

    private static Instant modified(StoredModel model) {
        try {
            return Files.getLastModifiedTime(model.path()).toInstant();
        } catch (IOException e) {
            return model.pulled().orElse(Instant.EPOCH);
        }
    }
}
