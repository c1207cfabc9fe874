package smelt.formats.safetensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.Metadata;
import smelt.formats.Names;

/** config.json and generation_config.json of a Hugging Face folder as one flat {@link Metadata}. */
final class ModelConfig {
    static final String NEXT_STEP = "take the model's GGUF file, or its original weights in bfloat16 or float16";

    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final String POOLING = "1_Pooling";
    private static final String QUANTIZATION = "quantization_config";
    private static final long MAX_BYTES = 4 << 20;

    private ModelConfig() {}

    /**
     * Reads the folder's configuration; keys of generation_config.json are under {@code generation_config.}, those of a
     * sentence-transformers folder's pooling under {@code 1_Pooling.}.
     *
     * @throws Failure NOT_FOUND without config.json; UNSUPPORTED where the weights are quantised in a way that smelt
     *     does not read
     */
    static Metadata read(Path folder) {
        Path config = folder.resolve(CONFIG);
        if (!Files.exists(config)) {
            throw Failure.of(FailureCode.NOT_FOUND, config + " does not exist")
                    .withNextStep("put the model's config.json beside its weights");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Json.read(config, MAX_BYTES, new Flattening("", values));
        refuseQuantised(config, values);
        readBeside(folder.resolve(GENERATION), "generation_config.", values);
        readBeside(folder.resolve(POOLING).resolve(CONFIG), POOLING + ".", values);
        return new Metadata(values);
    }

    private static void readBeside(Path file, String prefix, Map<String, Object> values) {
        if (Files.exists(file)) {
            Json.read(file, MAX_BYTES, new Flattening(prefix, values));
        }
    }

    private static void refuseQuantised(Path config, Map<String, Object> values) {
        Set<String> methods = new TreeSet<>();
        values.forEach((key, value) -> {
            boolean named =
                    key.endsWith(QUANTIZATION + ".quant_method") || key.endsWith("compression_config.quant_method");
            if (named) {
                methods.add(Names.quoted(String.valueOf(value)));
            } else if (key.contains(QUANTIZATION + ".") && methods.isEmpty()) {
                methods.add("an unnamed method");
            }
        });
        if (methods.size() > 1) {
            methods.remove("an unnamed method");
        }
        if (!methods.isEmpty()) {
            throw Failure.of(
                            FailureCode.UNSUPPORTED,
                            "The weights are quantised by " + String.join(", ", methods)
                                    + " (quantization_config), which smelt does not read yet")
                    .withNextStep(NEXT_STEP)
                    .in(config.toString());
        }
    }
}
