package smelt.formats;

import java.util.Map;

/** An open model on disk, whichever format and however many files it has. */
public interface ModelFile extends AutoCloseable {
    enum Format {
        GGUF,
        SAFETENSORS
    }

    Format format();

    /** GGUF's key-value pairs, or a Hugging Face folder's config.json with nested keys joined by dots. */
    Metadata metadata();

    /** By name, in the file's order. */
    Map<String, Tensor> tensors();

    /** Bytes of all files of the model. */
    long bytes();

    @Override
    void close();
}
