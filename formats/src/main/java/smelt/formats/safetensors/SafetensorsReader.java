package smelt.formats.safetensors;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.MappedFile;
import smelt.formats.MappedModel;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Names;
import smelt.formats.TensorInfo;

/** Opens a Hugging Face folder with safetensors weights, in one file or several with an index. */
public final class SafetensorsReader {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private SafetensorsReader() {}

    /**
     * Opens a folder, or one file with its config.json beside it. One of several files opens them all.
     *
     * @throws Failure NOT_FOUND for missing files; UNSUPPORTED for weights of a kind that smelt does not read;
     *     MALFORMED or LIMIT_EXCEEDED with file and byte offset or tensor
     */
    public static ModelFile open(Path path) {
        Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
        if (folder == null) {
            throw Failure.of(FailureCode.NOT_FOUND, path + " is no file");
        }
        Metadata metadata = ModelConfig.read(folder);
        Map<Path, Set<String>> names = isWhole(path, folder) ? weights(folder) : Map.of(path, Set.of());
        List<MappedModel.Part> parts = new ArrayList<>();
        try {
            names.forEach((file, expected) -> parts.add(part(MappedFile.open(file), expected)));
            return MappedModel.of(ModelFile.Format.SAFETENSORS, metadata, parts);
        } catch (Failure e) {
            parts.forEach(part -> part.file().close());
            throw e;
        }
    }

    /** Whether {@code path} stands for all weights of {@code folder}. */
    private static boolean isWhole(Path path, Path folder) {
        boolean shard = path.toString().matches(".*-\\d{5}-of-\\d{5}\\.safetensors");
        return Files.isDirectory(path) || (shard && Files.exists(folder.resolve(INDEX)));
    }

    /** Weight files with the tensors that the index places there; none where there is no index. */
    private static Map<Path, Set<String>> weights(Path folder) {
        Path single = folder.resolve(SINGLE);
        Path index = folder.resolve(INDEX);
        if (Files.exists(index)) {
            Map<Path, Set<String>> weights = new LinkedHashMap<>();
            Map<String, Set<String>> shards = Json.read(index, SafetensorsHeader.MAX_BYTES, new IndexReading());
            new TreeSet<>(shards.keySet())
                    .forEach(name -> weights.put(folder.resolve(name), shards.getOrDefault(name, Set.of())));
            return weights;
        }
        if (Files.exists(single)) {
            return Map.of(single, Set.of());
        }
        if (Files.exists(folder.resolve("pytorch_model.bin"))
                || Files.exists(folder.resolve("pytorch_model.bin.index.json"))) {
            throw Failure.of(FailureCode.UNSUPPORTED, folder + " has pickled PyTorch weights only")
                    .withNextStep("take a revision with model.safetensors, or convert it with transformers");
        }
        throw Failure.of(FailureCode.NOT_FOUND, folder + " has neither " + SINGLE + " nor " + INDEX)
                .withNextStep("name a .gguf file, or a folder with config.json and model.safetensors");
    }

    private static MappedModel.Part part(MappedFile file, Set<String> expected) {
        try {
            List<TensorInfo> tensors = header(file).tensors();
            Set<String> missing = new HashSet<>(expected);
            tensors.forEach(info -> missing.remove(info.name()));
            if (!missing.isEmpty()) {
                throw Failure.of(
                        FailureCode.MALFORMED,
                        "The index places " + Names.quoted(missing.iterator().next()) + " here, but it is not");
            }
            return new MappedModel.Part(file, tensors);
        } catch (Failure e) {
            file.close();
            throw e.in(file.path().toString());
        }
    }

    private static SafetensorsHeader header(MappedFile file) {
        MemorySegment prefix = file.segment().asSlice(0, Math.min(file.bytes(), SafetensorsHeader.MAX_BYTES + 8L));
        return SafetensorsHeader.parse(prefix.asByteBuffer(), file.bytes())
                .orElseThrow(() -> Failure.of(FailureCode.MALFORMED, "The header passes the end of the file"));
    }
}
