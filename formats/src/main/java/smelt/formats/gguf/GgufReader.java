package smelt.formats.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.MappedFile;
import smelt.formats.MappedModel;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;

/** Opens a GGUF file, or all parts of a split one given any of them. */
public final class GgufReader {
    private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    private GgufReader() {}

    /**
     * Opens the model at {@code path}; the metadata of a split model is that of its first part.
     *
     * @throws Failure MALFORMED, UNSUPPORTED or LIMIT_EXCEEDED with file and byte offset; NOT_FOUND naming a missing
     *     part
     */
    public static ModelFile open(Path path) {
        List<MappedFile> files = new ArrayList<>();
        try {
            return open(path, files);
        } catch (Failure e) {
            files.forEach(MappedFile::close);
            throw e;
        }
    }

    private static ModelFile open(Path path, List<MappedFile> files) {
        List<Path> paths = parts(path);
        List<MappedModel.Part> parts = new ArrayList<>();
        Metadata metadata = new Metadata(Map.of());
        for (int i = 0; i < paths.size(); i++) {
            MappedFile file = MappedFile.open(paths.get(i));
            files.add(file);
            GgufHeader header = header(file);
            checkPart(file.path(), header, i, paths.size());
            metadata = i == 0 ? header.metadata() : metadata;
            parts.add(new MappedModel.Part(file, header.tensors()));
        }
        MappedModel model = MappedModel.of(ModelFile.Format.GGUF, metadata, parts);
        checkTotal(path, model);
        return model;
    }

    /** All parts in order, or the path alone where its name is not that of a part. */
    public static List<Path> parts(Path path) {
        Matcher name = PART.matcher(String.valueOf(path.getFileName()));
        if (!name.matches()) {
            return List.of(path);
        }
        int count = Integer.parseInt(name.group(3));
        List<Path> parts = new ArrayList<>();
        for (int part = 1; part <= count; part++) {
            Path sibling = path.resolveSibling(String.format("%s-%05d-of-%05d.gguf", name.group(1), part, count));
            if (!Files.exists(sibling)) {
                throw Failure.of(FailureCode.NOT_FOUND, "Part " + part + " of " + count + " is missing: " + sibling)
                        .withNextStep("put all parts into one folder under their own names");
            }
            parts.add(sibling);
        }
        return parts.isEmpty() ? List.of(path) : parts;
    }

    /** The header of a mapped file. */
    static GgufHeader header(MappedFile file) {
        MemorySegment prefix = file.segment().asSlice(0, Math.min(file.bytes(), GgufHeader.MAX_BYTES));
        try {
            return GgufHeader.parse(prefix.asByteBuffer(), file.bytes())
                    .orElseThrow(() -> Failure.of(
                            FailureCode.LIMIT_EXCEEDED,
                            "The header is longer than " + GgufHeader.MAX_BYTES + " bytes"));
        } catch (Failure e) {
            throw e.in(file.path().toString());
        }
    }

    private static void checkPart(Path path, GgufHeader header, int index, int count) {
        long number = header.metadata().integer("split.no").orElse(0);
        long parts = Math.max(1, header.metadata().integer("split.count").orElse(1));
        if (number != index || parts != count) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            "By its metadata this is part " + (number + 1) + " of " + parts + ", by its name part "
                                    + (index + 1) + " of " + count)
                    .withNextStep(
                            "give every part its own name back: NAME-00001-of-" + String.format("%05d.gguf", parts))
                    .in(path.toString());
        }
    }

    private static void checkTotal(Path path, MappedModel model) {
        OptionalLong promised = model.metadata().integer("split.tensors.count");
        int found = model.tensors().size();
        if (promised.isPresent() && promised.getAsLong() != found) {
            throw Failure.of(
                            FailureCode.MALFORMED,
                            "The parts have " + found + " tensors, but key 'split.tensors.count' says "
                                    + promised.getAsLong())
                    .in(path.toString());
        }
    }
}
