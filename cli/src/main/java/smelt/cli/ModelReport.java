package smelt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.store.StoredFile;
import smelt.store.StoredModel;

/**
 * What {@code smelt show} tells.
 *
 * @param title as the publisher calls it
 * @param runs whether smelt can run it; {@code whyNot} tells otherwise
 * @param parameters elements of all tensors
 * @param types by bytes, largest first
 * @param contextLength positions the model was trained for
 * @param vocabulary pieces of the tokenizer
 */
record ModelReport(
        String name,
        Optional<String> title,
        Path path,
        ModelFile.Format format,
        String architecture,
        Optional<String> family,
        boolean runs,
        Optional<String> whyNot,
        long parameters,
        long bytes,
        List<TypeShare> types,
        OptionalLong contextLength,
        OptionalLong vocabulary,
        OptionalLong layers,
        OptionalLong hidden,
        OptionalLong heads,
        OptionalLong keyValueHeads,
        boolean chatTemplate,
        Optional<String> licence,
        String source,
        Optional<String> pulled,
        MemoryNeed memory,
        List<StoredFile> files) {
    /** How many tensors and bytes are of one type. */
    record TypeShare(DType type, int tensors, long bytes, double share) {}

    static ModelReport of(StoredModel stored, ModelFile file, boolean chatTemplate, OptionalLong context) {
        Hyperparameters of = new Hyperparameters(file);
        Metadata metadata = file.metadata();
        Optional<ModelGraph> graph = Optional.empty();
        Optional<String> whyNot = Optional.empty();
        try {
            graph = Optional.of(Models.build(file, Models.Options.defaults()));
        } catch (Failure f) {
            whyNot = Optional.of(f.what());
        }
        return new ModelReport(
                stored.name(),
                metadata.string("general.name"),
                stored.path(),
                file.format(),
                of.architecture(),
                graph.map(g -> g.info().family()),
                graph.isPresent(),
                whyNot,
                file.tensors().values().stream().mapToLong(Tensor::elements).sum(),
                file.bytes(),
                types(file),
                of.contextLength(),
                of.vocabulary(),
                of.layers(),
                of.hidden(),
                of.heads(),
                of.keyValueHeads(),
                chatTemplate,
                stored.licence().or(() -> metadata.string("general.license")),
                stored.source(),
                stored.pulled().map(Object::toString),
                MemoryNeed.of(file, of, context),
                stored.files());
    }

    private static List<TypeShare> types(ModelFile file) {
        Map<DType, List<Tensor>> byType = new EnumMap<>(DType.class);
        file.tensors()
                .values()
                .forEach(t ->
                        byType.computeIfAbsent(t.type(), k -> new ArrayList<>()).add(t));
        long all = Math.max(1, bytes(file.tensors().values()));
        return byType.entrySet().stream()
                .map(e -> new TypeShare(
                        e.getKey(), e.getValue().size(), bytes(e.getValue()), share(bytes(e.getValue()), all)))
                .sorted(Comparator.comparingLong(TypeShare::bytes).reversed())
                .toList();
    }

    static long bytes(Iterable<Tensor> tensors) {
        long sum = 0;
        for (Tensor tensor : tensors) {
            sum += tensor.data().byteSize();
        }
        return sum;
    }

    /** Three decimals are all that a reader can use. */
    private static double share(long part, long all) {
        return Math.round(1000.0 * part / all) / 1000.0;
    }

    /** {@code 134.5M}. */
    static String count(long number) {
        if (number < 1_000_000) {
            return Long.toString(number);
        }
        return number < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1fM", number / 1e6)
                : String.format(Locale.ROOT, "%.2fB", number / 1e9);
    }
}
