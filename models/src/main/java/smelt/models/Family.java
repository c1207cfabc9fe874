package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.graph.ModelGraph;

/** A model family: how its configuration and tensor names become a graph. */
interface Family {
    /** As people write it in lower case. */
    String name();

    /** Names that GGUF's general.architecture and config.json's model_type have for it. */
    List<String> architectures();

    WeightNames names();

    /** What config.json may leave out, by its keys. */
    default Map<String, Object> defaults() {
        return Map.of();
    }

    /** Whether a file of one of {@link #architectures} is of this family after all. */
    default boolean reads(Config config) {
        return true;
    }

    ModelGraph build(Checkpoint file);
}
