package smelt.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;

/** A model whose tensors are slices of mapped files. Owns the files. */
public final class MappedModel implements ModelFile {
    private final Format format;
    private final Metadata metadata;
    private final List<MappedFile> files;
    private final Map<String, Tensor> tensors;

    private MappedModel(Format format, Metadata metadata, List<MappedFile> files, Map<String, Tensor> tensors) {
        this.format = format;
        this.metadata = metadata;
        this.files = List.copyOf(files);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /** One file and what its header says lies in it. */
    public record Part(MappedFile file, List<TensorInfo> tensors) {
        public Part {
            tensors = List.copyOf(tensors);
        }
    }

    /**
     * Joins {@code parts} in their order.
     *
     * @throws Failure MALFORMED where two tensors have the same name; LIMIT_EXCEEDED where there are too many
     */
    public static MappedModel of(Format format, Metadata metadata, List<Part> parts) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Part part : parts) {
            String path = part.file.path().toString();
            for (TensorInfo info : part.tensors) {
                if (tensors.put(info.name(), part.file.tensor(info)) != null) {
                    throw Failure.of(FailureCode.MALFORMED, "Two tensors are named " + Names.quoted(info.name()))
                            .in(path);
                }
            }
            if (tensors.size() > TensorInfo.MAX_TENSORS) {
                throw Failure.of(FailureCode.LIMIT_EXCEEDED, "More than " + TensorInfo.MAX_TENSORS + " tensors")
                        .in(path);
            }
        }
        return new MappedModel(format, metadata, parts.stream().map(Part::file).toList(), tensors);
    }

    @Override
    public Format format() {
        return format;
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    /** Looks again at the length of every file: see {@link MappedFile#checkLength}. */
    @Override
    public Map<String, Tensor> tensors() {
        checkLength();
        return tensors;
    }

    @Override
    public void checkLength() {
        files.forEach(MappedFile::checkLength);
    }

    @Override
    public void release() {
        files.forEach(file -> NativeMemory.release(file.segment()));
    }

    @Override
    public long bytes() {
        return files.stream().mapToLong(MappedFile::bytes).sum();
    }

    @Override
    public void close() {
        files.forEach(MappedFile::close);
    }
}
