package smelt.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Files and folders of the user's own. */
final class LocalModels {
    private LocalModels() {}

    /**
     * The model at the path {@code text}; empty where it names none. A bare word that is also a known name is the name:
     * {@code ./smollm2} is the folder.
     */
    static Optional<StoredModel> find(String text, boolean isName) {
        if (isName || text.isEmpty() || text.contains("://")) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text);
            if (!Files.exists(path)) {
                refuseMissingPath(text);
                return Optional.empty();
            }
            Path model = Files.isDirectory(path) ? inFolder(path) : file(path);
            return Optional.of(
                    new StoredModel(text, model, bytes(model), "local", Optional.empty(), List.of(), Optional.empty()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, text + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }

    /** What can only be meant as a path is told as one. */
    private static void refuseMissingPath(String text) {
        boolean path = text.startsWith("/") || text.startsWith("./") || text.startsWith("../") || text.startsWith("~/");
        boolean file = !text.contains(":") && (ModelFileNames.isGguf(text) || text.endsWith(".safetensors"));
        if (path || file) {
            throw Failure.of(FailureCode.NOT_FOUND, "There is no file or folder " + text)
                    .withNextStep("check the path; relative ones start at "
                            + Path.of("").toAbsolutePath());
        }
    }

    private static Path inFolder(Path folder) throws IOException {
        if (Files.isRegularFile(folder.resolve("config.json"))
                || Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            return folder;
        }
        List<Path> ggufs;
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.sorted().toList();
            ggufs = all.stream()
                    .filter(f -> ModelFileNames.isGguf(f.toString()))
                    .toList();
            if (!ggufs.isEmpty()) {
                List<Path> parts = ModelFileNames.partsOf(ggufs.getFirst().toString(), ggufs, Path::toString);
                if (parts.size() == ggufs.size()) {
                    return ggufs.getFirst();
                }
            }
        }
        String what = ggufs.isEmpty()
                ? " holds no model: neither config.json beside .safetensors files nor a .gguf file"
                : " holds " + ggufs.size() + " .gguf files";
        throw Failure.of(ggufs.isEmpty() ? FailureCode.NOT_FOUND : FailureCode.INVALID_ARGUMENT, folder + what)
                .withNextStep("name the model file itself");
    }

    private static Path file(Path file) {
        Path folder = Parts.folderOf(file);
        if (file.toString().endsWith(".safetensors")) {
            if (Files.isRegularFile(folder.resolve("config.json"))) {
                return folder;
            }
            throw Failure.of(FailureCode.NOT_FOUND, file + " has no config.json beside it")
                    .withNextStep(
                            "name a folder with config.json and .safetensors files, as Hugging Face publishes them");
        }
        return file;
    }

    private static long bytes(Path model) throws IOException {
        if (Files.isDirectory(model)) {
            try (Stream<Path> files = Files.list(model)) {
                return files.filter(f -> f.toString().endsWith(".safetensors"))
                        .mapToLong(f -> f.toFile().length())
                        .sum();
            }
        }
        try (Stream<Path> siblings = Files.list(Parts.folderOf(model))) {
            String name = model.toAbsolutePath().toString();
            return ModelFileNames.partsOf(
                            name, siblings.toList(), p -> p.toAbsolutePath().toString())
                    .stream()
                    .mapToLong(p -> p.toFile().length())
                    .sum();
        }
    }
}
