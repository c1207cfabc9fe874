package smelt.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import smelt.base.Trace;
import smelt.compiler.Argument;
import smelt.compiler.CacheLayout;
import smelt.compiler.Pipeline;
import smelt.compiler.StepProgram;
import smelt.compiler.Tiling;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Op;
import smelt.graph.Section;
import smelt.graph.Type;
import smelt.targets.Target;

/**
 * All sizes of a model that is to be loaded, settled before any of its memory is taken. What {@link Model} allocates is
 * asked here and nowhere else, so that what is planned is what is used.
 *
 * @param options whose threads are those of the target
 */
public record LoadPlan(ModelGraph graph, StepProgram program, LoadOptions options, StepRunner.Limits limits) {
    private static final long MAX_ROW_MEMORY = 96L << 20;
    private static final int MAX_ROWS = 512;
    private static final int MIN_ROWS = 16;

    /**
     * With a context of no more positions than the model has learned.
     *
     * @throws smelt.base.Failure UNSUPPORTED where a shape or type has no kernel
     */
    public static LoadPlan of(ModelGraph graph, LoadOptions options, Target target) {
        return of(
                graph,
                new LoadOptions(options.contextLength(), options.cachePositions(), target.threads(), options.cache()),
                target.tiling());
    }

    /** The same for a target that is not started. */
    public static LoadPlan of(ModelGraph graph, LoadOptions options, Tiling tiling) {
        int context = Math.min(options.contextLength(), learnedPositions(graph).orElse(Integer.MAX_VALUE));
        LoadOptions capped = options.withContext(context);
        StepProgram program = Trace.timed("building kernels", () -> Pipeline.compile(graph, tiling, options.cache()));
        return new LoadPlan(graph, program, capped, limits(graph, program, capped));
    }

    /** Rows of the table of positions, beyond which there is none; empty where positions are not learned. */
    private static OptionalInt learnedPositions(ModelGraph graph) {
        return graph.embedding().output().expression().stream()
                .filter(node -> node.op() == Op.POSITION_EMBEDDING)
                .mapToInt(node -> ((Type.Weight) node.input(0).type()).rows()
                        - (int) node.attr(Attr.Whole.class).value())
                .min();
    }

    /** The same model with another context, whose positions all have a place in the cache. */
    public LoadPlan withContext(int positions) {
        var changed = new LoadOptions(positions, positions, options.threads(), options.cache());
        return new LoadPlan(graph, program, changed, limits(graph, program, changed));
    }

    /** The same model with a cache of so many bytes, but of no fewer positions than are planned. */
    public LoadPlan withCache(long bytes) {
        long ofBlock = (long) graph.layers().size() * program.cache().blockBytes();
        long positions = Math.min(bytes / ofBlock, Integer.MAX_VALUE / 8 / CacheLayout.BLOCK_POSITIONS)
                * CacheLayout.BLOCK_POSITIONS;
        int most = (int) Math.max(options.cachePositions(), positions);
        var changed = new LoadOptions(options.contextLength(), most, options.threads(), options.cache());
        return new LoadPlan(graph, program, changed, limits(graph, program, changed));
    }

    public MemoryNeed need() {
        long cache = graph.layers().size() * layerCacheBytes();
        long work = inputSizes().bytes() + partsBytes() + scratchBytes() + allPoolsBytes() + argumentBytes();
        for (Attr.Rope rope : program.ropes()) {
            work += RopeTables.bytes(rope, limits.contextLength());
        }
        for (StepProgram.Buffer buffer : program.buffers()) {
            work += bytes(buffer);
        }
        // of a step that waits
        work += bytes(program.buffers().get(StepProgram.RESIDUAL));
        return new MemoryNeed(PackedWeights.bytes(sections()), cache, work);
    }

    /** The longest context, in whole KV blocks and no longer than the planned one, that fits; empty: none does. */
    public OptionalInt longestContext(long bytes) {
        int none = 0;
        int all = options.contextLength() / CacheLayout.BLOCK_POSITIONS;
        while (none < all) {
            int middle = all - (all - none) / 2;
            if (withContext(middle * CacheLayout.BLOCK_POSITIONS).need().total() <= bytes) {
                none = middle;
            } else {
                all = middle - 1;
            }
        }
        return none == 0 ? OptionalInt.empty() : OptionalInt.of(none * CacheLayout.BLOCK_POSITIONS);
    }

    private static StepRunner.Limits limits(ModelGraph graph, StepProgram program, LoadOptions options) {
        long rowBytes = program.buffers().stream()
                .filter(buffer -> !buffer.wanted())
                .mapToLong(StepProgram.Buffer::stride)
                .sum();
        int maxRows = (int) Math.clamp(MAX_ROW_MEMORY / rowBytes, MIN_ROWS, MAX_ROWS);
        long logitBytes = program.buffers().get(StepProgram.RESULT).stride();
        int maxLogits = (int) Math.clamp(MAX_ROW_MEMORY / logitBytes, MIN_ROWS, maxRows);
        if (seesAhead(graph)) {
            maxRows = Math.max(maxRows, options.contextLength());
            maxLogits = maxRows;
        }
        return new StepRunner.Limits(
                graph.head().output().width(),
                options.contextLength(),
                CacheLayout.BLOCK_POSITIONS,
                Math.ceilDiv(options.cachePositions(), CacheLayout.BLOCK_POSITIONS),
                maxRows,
                maxLogits);
    }

    /** Whether a row depends on later ones, so that a sequence must be in one step as a whole. */
    private static boolean seesAhead(ModelGraph graph) {
        return graph.layers().stream()
                .flatMap(layer -> layer.output().expression().stream())
                .anyMatch(node -> node.op() == Op.ATTENTION
                        && !node.attr(Attr.Attention.class).causal());
    }

    /** Blocks in the tables of a step's sequences, which may share them. */
    int maxTableBlocks() {
        long each = Math.ceilDiv(limits.contextLength(), limits.blockPositions());
        return (int) Math.min(Integer.MAX_VALUE / 8, each * limits.maxRows());
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(graph.embedding());
        sections.addAll(graph.layers());
        sections.add(graph.head());
        return sections;
    }

    StepInput.Sizes inputSizes() {
        return StepInput.Sizes.of(limits, program.cache().keyHeads(), options.threads(), maxTableBlocks());
    }

    /** Of a single row each thread may have a copy; kernels read up to a vector past the last. */
    long bytes(StepProgram.Buffer buffer) {
        long most = buffer.wanted() ? limits.maxLogits() : limits.maxRows();
        long rows = Math.ceilDiv(most, Tiling.MATRIX_ROWS) * Tiling.MATRIX_ROWS;
        return Math.max(rows, options.threads()) * buffer.stride() + 64;
    }

    long layerCacheBytes() {
        return (long) limits.blockCount() * program.cache().blockBytes();
    }

    long partsBytes() {
        return inputSizes().maxParts() * program.heads() * program.cache().partBytes();
    }

    long scratchBytes() {
        return (long) StepProgram.SCRATCH_BYTES * options.threads();
    }

    long argumentBytes() {
        return calls().mapToLong(call -> call.arguments().size()).sum() * 8;
    }

    long allPoolsBytes() {
        return calls().mapToLong(StepProgram.Call::pools).sum() * poolsBytes();
    }

    /** Of one {@link Argument.Pools}. */
    long poolsBytes() {
        return (long) options.threads() * Argument.Pools.BYTES;
    }

    private Stream<StepProgram.Call> calls() {
        return Stream.of(List.of(program.embedding()), program.layers(), List.of(program.head()))
                .flatMap(List::stream)
                .flatMap(List::stream);
    }
}
