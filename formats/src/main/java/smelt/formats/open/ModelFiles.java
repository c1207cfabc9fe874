package smelt.formats.open;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.formats.gguf.GgufReader;
import smelt.formats.safetensors.SafetensorsReader;

/** Recognises what lies at a path and opens it. */
public final class ModelFiles {
    private ModelFiles() {}

    /**
     * Opens a .gguf file (any part of a split one), a .safetensors file with its config.json beside it, or a folder: a
     * Hugging Face one, or one with a single GGUF model.
     *
     * @throws Failure NOT_FOUND, UNSUPPORTED, MALFORMED or LIMIT_EXCEEDED, naming the file
     */
    public static ModelFile open(Path path) {
        if (Files.isDirectory(path)) {
            return openFolder(path);
        }
        if (!Files.isRegularFile(path)) {
            throw Failure.of(FailureCode.NOT_FOUND, path + " does not exist")
                    .withNextStep("name a .gguf file, or a folder with config.json and model.safetensors");
        }
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            return SafetensorsReader.open(path);
        }
        if (name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth")) {
            throw Failure.of(FailureCode.UNSUPPORTED, path + " looks like pickled PyTorch weights")
                    .withNextStep("take the model's .gguf or .safetensors files");
        }
        // Names of GGUF files in blob stores have no suffix; the reader looks at the first bytes.
        return GgufReader.open(path);
    }

    private static ModelFile openFolder(Path folder) {
        if (Files.exists(folder.resolve("config.json"))) {
            return SafetensorsReader.open(folder);
        }
        List<Path> models = ggufModels(folder);
        if (models.size() == 1) {
            return GgufReader.open(models.getFirst());
        }
        if (models.size() > 1) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, folder + " has " + models.size() + " GGUF models")
                    .withNextStep("name one of them, such as " + models.getFirst());
        }
        return SafetensorsReader.open(folder);
    }

    /** First parts and whole files, sorted. */
    private static List<Path> ggufModels(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .filter(file -> !file.toString().matches(".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Failure.of(FailureCode.UNAVAILABLE, folder + " cannot be read: " + e.getMessage())
                    .withCause(e);
        }
    }
}
