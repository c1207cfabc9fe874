package smelt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.compiler.CacheType;
import smelt.engine.hosting.ModelFileLoader;
import smelt.formats.Metadata;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.runtime.LoadOptions;
import smelt.runtime.LoadPlan;
import smelt.runtime.MemoryNeed;
import smelt.store.StoredFile;
import smelt.store.StoredModel;
import smelt.targets.cpu.CpuFeatures;
import smelt.targets.cpu.CpuTarget;
import smelt.targets.cpu.Machine;

/**
 * What {@code smelt show} tells.
 *
 * @param title as the publisher calls it
 * @param runs whether smelt can run it; {@code whyNot} tells otherwise
 * @param parameters elements of all tensors
 * @param types by bytes, largest first
 * @param contextLength positions the model was trained for
 * @param vocabulary pieces of the tokenizer
 * @param memory that running it takes; empty where it does not run
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
        Optional<Memory> memory,
        List<StoredFile> files) {
    /** How many tensors and bytes are of one type. */
    record TypeShare(DType type, int tensors, long bytes, double share) {}

    /**
     * Native memory of the loaded model, in bytes.
     *
     * @param weights packed
     * @param context positions planned for
     * @param kv how keys and values are kept
     * @param work activations and whatever else a step needs
     * @param available on this machine, or in the container, now
     */
    record Memory(
            long weights,
            int context,
            String kv,
            long keyValue,
            long keyValuePerToken,
            long work,
            long total,
            long available,
            boolean fits) {
        private static Memory of(LoadPlan plan, long available) {
            MemoryNeed need = plan.need();
            int context = plan.options().contextLength();
            return new Memory(
                    need.weights(),
                    context,
                    plan.options().cache().text(),
                    need.cache(),
                    need.cache() / plan.options().cachePositions(),
                    need.work(),
                    need.total(),
                    available,
                    need.total() <= available);
        }
    }

    /** @param context to plan for; empty: as long as {@code smelt run} makes it */
    static ModelReport of(
            StoredModel stored, ModelFile file, boolean chatTemplate, OptionalInt context, CacheType cache) {
        Hyperparameters of = new Hyperparameters(file);
        Metadata metadata = file.metadata();
        Optional<LoadPlan> plan = Optional.empty();
        Optional<String> whyNot = Optional.empty();
        try {
            plan = Optional.of(plan(file, context, cache));
        } catch (Failure f) {
            whyNot = Optional.of(f.what());
        }
        return new ModelReport(
                stored.name(),
                metadata.string("general.name"),
                stored.path(),
                file.format(),
                of.architecture(),
                plan.map(p -> p.graph().info().family()),
                plan.isPresent(),
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
                plan.map(p -> Memory.of(p, Machine.usableMemory())),
                stored.files());
    }

    private static LoadPlan plan(ModelFile file, OptionalInt context, CacheType cache) {
        ModelGraph graph = Models.build(file, new Models.Options(context.orElse(0)));
        int usual = Math.min(graph.info().contextLength(), ModelFileLoader.USUAL_CONTEXT);
        int positions = context.orElse(usual);
        LoadOptions options = new LoadOptions(positions, positions, Machine.usualThreads(), cache);
        return LoadPlan.of(graph, options, CpuTarget.tiling(CpuFeatures.host().choose()));
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
