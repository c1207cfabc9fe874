package smelt.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.databind.JsonNode;

/**
 * What the hub says about a repository at one commit.
 *
 * @param commit empty where it is not told
 */
record HubRepository(String name, Optional<String> commit, Optional<String> licence, List<HubFile> files) {
    /**
     * @param bytes -1 where it is not told
     * @param sha256 told of large files
     */
    record HubFile(String path, long bytes, Optional<String> sha256) {
        String base() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** Reads the answer of {@code /api/models/...?blobs=true}. */
    static HubRepository of(String name, JsonNode answer) {
        List<HubFile> files = StreamSupport.stream(answer.path("siblings").spliterator(), false)
                .map(HubRepository::file)
                .filter(f -> isPlain(f.path()))
                .toList();
        JsonNode card = answer.path("cardData");
        Optional<String> licence = text(card, "license")
                .filter(l -> !l.equals("other"))
                .or(() -> text(card, "license_name"))
                .or(() -> text(card, "license"));
        return new HubRepository(name, text(answer, "sha").filter(s -> s.matches("[0-9a-f]{7,64}")), licence, files);
    }

    /**
     * The files of one model.
     *
     * @param wanted a path, or a part of a GGUF file's name such as {@code Q4_K_M}; empty: the usual choice
     * @throws Failure NOT_FOUND with the nearest names, UNSUPPORTED for formats that are not read
     */
    List<HubFile> choose(Optional<String> wanted) {
        List<HubFile> chosen = wanted.map(this::named).orElseGet(this::usual);
        if (!chosen.isEmpty()) {
            return chosen;
        }
        List<String> ggufs =
                files.stream().map(HubFile::path).filter(ModelFileNames::isGguf).toList();
        if (wanted.isPresent()) {
            List<String> near = Nearest.of(wanted.get(), ggufs, 3);
            throw Failure.of(
                            FailureCode.NOT_FOUND,
                            "hf:" + name + " has no GGUF file called or like '" + wanted.get() + "'")
                    .withNextStep(
                            ggufs.isEmpty() ? "it has none at all" : "it has " + some(near.isEmpty() ? ggufs : near));
        }
        boolean pickled = files.stream()
                .anyMatch(f -> f.path().endsWith(".bin") || f.path().endsWith(".pt"));
        throw Failure.of(
                        pickled ? FailureCode.UNSUPPORTED : FailureCode.NOT_FOUND,
                        "hf:" + name + " holds " + (pickled ? "weights as Python pickles only" : "no model"))
                .withNextStep("look for a repository with .gguf or .safetensors files, often called " + name + "-GGUF");
    }

    private List<HubFile> named(String wanted) {
        Optional<HubFile> exact = files.stream()
                .filter(f -> f.path().equalsIgnoreCase(wanted) || f.base().equalsIgnoreCase(wanted))
                .filter(f -> ModelFileNames.isGguf(f.path()))
                .findFirst();
        if (exact.isPresent()) {
            return ModelFileNames.partsOf(exact.get().path(), files, HubFile::path);
        }
        List<HubFile> like = files.stream()
                .filter(f -> f.base().toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT)))
                .toList();
        return ModelFileNames.chooseGguf(like, HubFile::path, HubFile::bytes);
    }

    private List<HubFile> usual() {
        List<HubFile> root = files.stream().filter(f -> !f.path().contains("/")).toList();
        List<HubFile> folder = ModelFileNames.safetensorsFolder(root, HubFile::path);
        return folder.isEmpty() ? ModelFileNames.chooseGguf(files, HubFile::path, HubFile::bytes) : folder;
    }

    private static HubFile file(JsonNode node) {
        JsonNode lfs = node.path("lfs");
        Optional<String> sha256 = text(lfs, "sha256").filter(s -> s.matches("[0-9a-f]{64}"));
        long bytes = node.path("size").isIntegralNumber()
                ? node.path("size").asLong()
                : lfs.path("size").asLong(-1);
        return new HubFile(text(node, "rfilename").orElse(""), bytes, sha256);
    }

    /** Nothing that could leave the model's folder. */
    private static boolean isPlain(String path) {
        return path.matches("[^\\\\\\x00-\\x1f]+") && !path.startsWith("/") && !path.matches("(.*/)?\\.\\.?(/.*)?");
    }

    private static Optional<String> text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isString() ? Optional.of(value.asString()).filter(t -> !t.isBlank()) : Optional.empty();
    }

    private static String some(List<String> names) {
        String shown = String.join(", ", names.subList(0, Math.min(6, names.size())));
        return names.size() <= 6 ? shown : shown + " and " + (names.size() - 6) + " more";
    }
}
