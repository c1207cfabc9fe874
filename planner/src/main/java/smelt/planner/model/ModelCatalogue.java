package smelt.planner.model;

import java.nio.file.Path;
import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Shapes of models, by name or from their files. */
public final class ModelCatalogue {
    private ModelCatalogue() {}

    /**
     * The shape of the model of that name, alias or Hugging Face id.
     *
     * @throws Failure with the nearest names where there is none
     */
    public static ModelShape named(String nameOrId) {
        throw Failure.of(FailureCode.NOT_FOUND, "There is no model " + nameOrId + " in the catalogue");
    }

    /** The shape that a Hugging Face {@code config.json} tells. */
    public static ModelShape ofConfig(Path config) {
        throw Failure.of(FailureCode.UNSUPPORTED, config + " cannot be read as a model config yet");
    }

    /** The shape that the header of a GGUF file tells. */
    public static ModelShape ofGguf(Path file) {
        throw Failure.of(FailureCode.UNSUPPORTED, file + " cannot be read as a model shape yet");
    }

    public static List<String> names() {
        return List.of();
    }
}
