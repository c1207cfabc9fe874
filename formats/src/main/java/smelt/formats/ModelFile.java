package smelt.formats;

import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;

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

    /**
     * The tensor of this name.
     *
     * @throws Failure NOT_FOUND where there is none
     */
    default Tensor tensor(String name) {
        Tensor tensor = tensors().get(name);
        if (tensor == null) {
            throw Failure.of(FailureCode.NOT_FOUND, "The model has no tensor " + Names.quoted(name));
        }
        return tensor;
    }

    /**
     * Looks whether all of it can still be read; costs a microsecond a file.
     *
     * @throws Failure CORRUPT where a file has become shorter since it was opened
     */
    default void checkLength() {}

    /** Takes what was read out of this process's memory, where it is a file's; it comes back when it is read again. */
    default void release() {}

    /** Bytes of all files of the model. */
    long bytes();

    @Override
    void close();
}
