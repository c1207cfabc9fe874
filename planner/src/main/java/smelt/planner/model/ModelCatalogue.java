package smelt.planner.model;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile;
import smelt.formats.Names;
import smelt.formats.gguf.GgufReader;
import smelt.planner.catalogue.JsonFile;
import smelt.planner.catalogue.NearestNames;
import tools.jackson.databind.JsonNode;

/** Shapes of models, by name or from their files. */
public final class ModelCatalogue {
    /** Words of names that do not change a shape: tuning, number formats, who quantised. */
    private static final Set<String> NOISE = Set.of(
            "meta",
            "instruct",
            "chat",
            "it",
            "base",
            "hf",
            "pt",
            "fp8",
            "nvfp4",
            "fp4",
            "mxfp4",
            "fp16",
            "bf16",
            "awq",
            "gptq",
            "int4",
            "int8",
            "w4a16",
            "w8a8",
            "dynamic",
            "gguf",
            "reasoning",
            "preview",
            "kv",
            "tput");

    /** Month or version of a later training of the same shape, as in -0528 and -v2. */
    private static final Pattern EDITION = Pattern.compile("[-_](\\d{4}|v\\d+)(?=[-_]|$)");

    /** Made on first use: commands that plan nothing do not read it. */
    private static final class BuiltIn {
        private static final Map<String, ModelShape> SHAPES = new LinkedHashMap<>();
        private static final Map<String, String> BY_NAME = new LinkedHashMap<>();

        static {
            for (JsonNode model :
                    JsonFile.resource("models.json").path("models").values()) {
                add(model);
            }
        }

        private BuiltIn() {}

        private static void add(JsonNode model) {
            String name = model.path("name").asString();
            ModelShape shape = ConfigShape.of(
                    name,
                    ConfigFields.of(model.path("config")),
                    model.path("source").asString());
            SHAPES.put(name, shape);
            BY_NAME.put(key(name), name);
            model.path("aliases").values().forEach(alias -> BY_NAME.putIfAbsent(key(alias.asString()), name));
        }
    }

    private ModelCatalogue() {}

    /**
     * The shape of the model of that name, alias or Hugging Face id; case, punctuation and words such as Instruct, FP8
     * or AWQ do not matter.
     *
     * @throws Failure NOT_FOUND with the nearest names where there is none
     */
    public static ModelShape named(String nameOrId) {
        String name = BuiltIn.BY_NAME.get(key(nameOrId));
        if (name == null) {
            name = BuiltIn.BY_NAME.get(key(EDITION.matcher(nameOrId).replaceAll("")));
        }
        ModelShape shape = name == null ? null : BuiltIn.SHAPES.get(name);
        if (shape == null) {
            throw unknown(nameOrId);
        }
        return shape;
    }

    /**
     * The shape of what a user says: a name as {@link #named} takes it, a {@code config.json} or the folder of one, or
     * a {@code .gguf} file.
     *
     * @throws Failure as those of each kind do
     */
    public static ModelShape of(String nameOrPath) {
        Path path = path(nameOrPath);
        if (nameOrPath.endsWith(".gguf")) {
            return ofGguf(path);
        }
        return nameOrPath.endsWith(".json") || Files.isDirectory(path) ? ofConfig(path) : named(nameOrPath);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw unknown(text);
        }
    }

    /**
     * The shape that a Hugging Face {@code config.json} tells; a folder is asked for the one in it.
     *
     * @throws Failure UNSUPPORTED for an unknown family, MALFORMED or INVALID_ARGUMENT for values that cannot be
     */
    public static ModelShape ofConfig(Path config) {
        Path file = Files.isDirectory(config) ? config.resolve("config.json") : config;
        ConfigFields fields = ConfigFields.of(JsonFile.read(file));
        Path parent = file.toAbsolutePath().getParent();
        String name = parent == null || parent.getFileName() == null
                ? "model"
                : parent.getFileName().toString();
        try {
            return ConfigShape.of(
                    fields.text("_name_or_path").filter(text -> !text.isBlank()).orElse(name), fields, file.toString());
        } catch (Failure e) {
            throw e.in(file.toString());
        }
    }

    /**
     * The shape that the header of a GGUF file tells.
     *
     * @throws Failure UNSUPPORTED where its tensors are not those of a decoder that is understood; MALFORMED
     */
    public static ModelShape ofGguf(Path file) {
        try (ModelFile model = GgufReader.open(file)) {
            return GgufShape.of(model, file.toString());
        }
    }

    /** How a GGUF file keeps its numbers, as averages over attention, feed-forward, experts and the rest. */
    public static NumberFormats formatsOfGguf(Path file) {
        try (ModelFile model = GgufReader.open(file)) {
            return GgufFormats.of(model);
        }
    }

    /** Names of the catalogue's models, in its order. */
    public static List<String> names() {
        return List.copyOf(BuiltIn.SHAPES.keySet());
    }

    /** A name without owner, case, punctuation and {@link #NOISE}. */
    private static String key(String name) {
        String own = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>(List.of(own.split("[^a-z0-9.]+")));
        words.removeIf(NOISE::contains);
        return words.stream().collect(Collectors.joining()).replace(".", "");
    }

    private static Failure unknown(String name) {
        return Failure.of(
                        FailureCode.NOT_FOUND,
                        "There is no model " + Names.quoted(name) + " in the catalogue; the nearest are "
                                + String.join(", ", NearestNames.to(name, names(), 3)))
                .withNextStep("name one of these, or give the model's config.json or .gguf file");
    }
}
