package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.base.NativeMemory;
import smelt.base.Owned;
import smelt.base.Trace;
import smelt.compiler.Argument;
import smelt.compiler.StepField;
import smelt.compiler.StepProgram;
import smelt.compiler.SummaryLayout;
import smelt.formats.ModelFile;
import smelt.graph.ModelGraph;
import smelt.graph.Section;
import smelt.targets.Target;

/** A loaded model: packed weights, KV blocks, and the step made ready on a target. Owns all of them, not the file. */
public final class Model implements StepRunner {
    private final ModelGraph graph;
    private final LoadPlan plan;
    private final Limits limits;
    private final Embeddings embeddings;
    private final PackedWeights weights;
    private final RopeTables ropes;
    private final StepInput input;
    private final List<NativeMemory> buffers = new ArrayList<>();
    private final List<NativeMemory> caches = new ArrayList<>();
    private final NativeMemory parts;
    private final NativeMemory scratch;
    private final NativeMemory pools;
    private final NativeMemory arguments;
    private final StepProgram program;
    private final ModelBlocks blocks;
    private final Target.Step step;
    private final StepLogits logits;
    private final StepPieces pieces;
    private final Owned owned;

    private Model(ModelFile file, LoadPlan plan, Target target, Owned owned) {
        this.graph = plan.graph();
        this.plan = plan;
        this.owned = owned;
        this.program = plan.program();
        this.limits = plan.limits();
        this.embeddings = new Embeddings(file, graph.embedding());
        this.weights = owned.add(
                Trace.timed("packing weights", () -> PackedWeights.pack(file, plan.sections(), target)),
                PackedWeights::close);
        this.ropes = new RopeTables(program.ropes(), limits.contextLength(), owned);
        this.input = new StepInput(plan.inputSizes(), program.itemRows(), owned);
        for (StepProgram.Buffer buffer : program.buffers()) {
            buffers.add(owned.allocate(plan.bytes(buffer), "activations"));
        }
        for (int i = 0; i < graph.layers().size(); i++) {
            caches.add(owned.allocate(plan.layerCacheBytes(), "the KV cache"));
        }
        this.blocks = new ModelBlocks(
                caches.stream().map(NativeMemory::segment).toList(),
                program.cache(),
                () -> OriginDigest.of(graph, program.cache(), weights, embeddings));
        this.parts = owned.allocate(plan.partsBytes(), "parts of attention");
        this.scratch = owned.allocate(plan.scratchBytes(), "scratch");
        this.pieces = new StepPieces(program, buffer(StepProgram.RESIDUAL), target.threads(), owned);
        List<Bound> calls = calls();
        this.pools = owned.allocate(plan.allPoolsBytes(), "pools of items");
        this.arguments = owned.allocate(plan.argumentBytes(), "argument tables");
        this.step = owned.add(
                Trace.timed("compiling for " + target.description(), () -> target.prepare(bind(calls), memory())),
                Target.Step::close);
        this.logits = new StepLogits(
                limits,
                buffer(StepProgram.RESULT),
                program.buffers().get(StepProgram.RESULT).stride(),
                buffer(StepProgram.SUMMARY),
                input.of(StepField.SCALES));
    }

    /**
     * Packs the weights and compiles the step.
     *
     * @param file stays open as long as the model
     * @param target used by this model alone, and closed with it; at once where loading fails
     * @throws Failure UNSUPPORTED where a shape or type has no kernel, OUT_OF_RESOURCES where memory is short
     */
    public static Model load(ModelFile file, ModelGraph graph, LoadOptions options, Target target) {
        return load(file, target, () -> LoadPlan.of(graph, options, target));
    }

    /** As {@link #load(ModelFile, ModelGraph, LoadOptions, Target)}, as it was planned for this target. */
    public static Model load(ModelFile file, LoadPlan plan, Target target) {
        return load(file, target, () -> plan);
    }

    private static Model load(ModelFile file, Target target, Supplier<LoadPlan> plan) {
        Owned owned = new Owned();
        owned.add(target, Target::close);
        try {
            return new Model(file, plan.get(), target, owned);
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    /** A call of the section, and the layer, that it belongs to; the embedding and the head have no layer. */
    private record Bound(StepProgram.Call call, Section section, int layer) {}

    private List<Bound> calls() {
        List<Bound> calls = new ArrayList<>();
        program.embedding().forEach(call -> calls.add(new Bound(call, graph.embedding(), -1)));
        for (int i = 0; i < graph.layers().size(); i++) {
            int layer = i;
            program.layers()
                    .get(i)
                    .forEach(call -> calls.add(new Bound(call, graph.layers().get(layer), layer)));
        }
        program.head().forEach(call -> calls.add(new Bound(call, graph.head(), -1)));
        return calls;
    }

    private List<Target.Invocation> bind(List<Bound> calls) {
        List<Target.Invocation> invocations = new ArrayList<>();
        long entry = 0;
        long ownPools = pools.segment().address();
        for (Bound bound : calls) {
            long address = arguments.segment().address() + entry * 8;
            for (Argument argument : bound.call().arguments()) {
                arguments.segment().setAtIndex(ValueLayout.JAVA_LONG, entry++, address(argument, bound, ownPools));
            }
            StepProgram.Call call = bound.call();
            ownPools += call.pools() * plan.poolsBytes();
            invocations.add(new Target.Invocation(call.kernel(), address, call.cost(), call.repeated()));
        }
        return invocations;
    }

    private long address(Argument argument, Bound bound, long ownPools) {
        return switch (argument) {
            case Argument.Matrix matrix -> weights.address(bound.section(), matrix.slot(), false);
            case Argument.Vector vector -> weights.address(bound.section(), vector.slot(), true);
            case Argument.Rows rows -> buffers.get(rows.buffer()).segment().address();
            case Argument.Step field -> input.of(field.field()).address();
            case Argument.RopeTable table -> ropes.of(table.rope()).address();
            case Argument.Cache cache -> caches.get(bound.layer()).segment().address();
            case Argument.Parts all -> parts.segment().address();
            case Argument.Scratch all -> scratch.segment().address();
            case Argument.Pools all -> ownPools + all.number() * plan.poolsBytes();
        };
    }

    private List<MemorySegment> memory() {
        List<MemorySegment> memory = new ArrayList<>(input.segments());
        memory.addAll(ropes.segments());
        buffers.forEach(buffer -> memory.add(buffer.segment()));
        caches.forEach(cache -> memory.add(cache.segment()));
        memory.addAll(List.of(weights.segment(), parts.segment(), scratch.segment()));
        memory.addAll(List.of(pools.segment(), arguments.segment(), pieces.aside()));
        return memory;
    }

    /** What a step runs. */
    public StepProgram program() {
        return program;
    }

    public ModelGraph.Info info() {
        return graph.info();
    }

    /** Bytes of packed weights. */
    public long weightBytes() {
        return weights.segment().byteSize();
    }

    /** Bytes of the KV blocks. */
    public long cacheBytes() {
        return caches.stream().mapToLong(cache -> cache.segment().byteSize()).sum();
    }

    /** Bytes of all native memory that the kernels touch; {@link LoadPlan#need} told them before. */
    public long memoryBytes() {
        return memory().stream().mapToLong(MemorySegment::byteSize).sum();
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public KvBlocks blocks() {
        return blocks;
    }

    @Override
    public Logits run(StepBatch batch) {
        check(batch);
        embeddings.checkFile();
        describe(batch);
        embed(batch);
        if (!step.run(batch.rows())) {
            throw new StepInterrupted();
        }
        return logits.ofStep(input.wanted());
    }

    /** Tells the kernels what to compute. */
    private void describe(StepBatch batch) {
        input.write(batch);
        int last = 0;
        for (int i = 0; i < batch.chunks().size(); i++) {
            StepBatch.Chunk chunk = batch.chunks().get(i);
            last = Math.max(last, chunk.firstPosition() + chunk.tokens().length);
        }
        ropes.fillTo(last);
        if (batch.rows() >= StepField.SHARED_FROM) {
            pools.segment().fill((byte) 0);
        }
    }

    private void embed(StepBatch batch) {
        int row = 0;
        for (int i = 0; i < batch.chunks().size(); i++) {
            StepBatch.Chunk chunk = batch.chunks().get(i);
            embeddings.write(chunk, row, buffer(program.tokenBuffer()), buffer(StepProgram.POSITIONS), stride());
            row += chunk.tokens().length;
        }
    }

    @Override
    public int pieces() {
        return pieces.count();
    }

    @Override
    public void begin(StepBatch batch) {
        check(batch);
        embeddings.checkFile();
        pieces.begin(batch);
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        StepBatch batch = pieces.batch();
        describe(batch);
        if (pieces.atStart()) {
            embed(batch);
        }
        return pieces.proceed(step, nanos) ? logits.ofStep(input.wanted()) : null;
    }

    @Override
    public void abandon() {
        pieces.end();
    }

    @Override
    public void interrupt() {
        step.interrupt();
    }

    private MemorySegment buffer(int number) {
        return buffers.get(number).segment();
    }

    private int stride() {
        return program.buffers().get(StepProgram.RESIDUAL).stride();
    }

    private void check(StepBatch batch) {
        int wanted = 0;
        int blocks = 0;
        for (int i = 0; i < batch.chunks().size(); i++) {
            StepBatch.Chunk chunk = batch.chunks().get(i);
            check(chunk);
            wanted += chunk.tokens().length - chunk.logitsFrom();
            blocks += neededBlocks(chunk);
        }
        if (batch.rows() > limits.maxRows()) {
            throw broken(batch.rows() + " rows, but a step has " + limits.maxRows());
        }
        if (wanted > limits.maxLogits()) {
            throw broken(wanted + " wanted rows, but a step has " + limits.maxLogits());
        }
        if (blocks > plan.maxTableBlocks()) {
            throw broken(blocks + " KV blocks in all, but a step has " + plan.maxTableBlocks());
        }
    }

    private int neededBlocks(StepBatch.Chunk chunk) {
        return Math.ceilDiv(chunk.firstPosition() + chunk.tokens().length, limits.blockPositions());
    }

    private void check(StepBatch.Chunk chunk) {
        int count = chunk.tokens().length;
        if (count == 0 || chunk.firstPosition() < 0) {
            throw broken("an empty or misplaced chunk");
        }
        if (chunk.firstPosition() + count > limits.contextLength()) {
            throw broken((chunk.firstPosition() + count) + " positions, but the context has " + limits.contextLength());
        }
        int needed = neededBlocks(chunk);
        if (chunk.blocks().length < needed) {
            throw broken("too few KV blocks for " + (chunk.firstPosition() + count) + " positions");
        }
        if (chunk.logitsFrom() < 0 || chunk.logitsFrom() > count) {
            throw broken("logits of no row");
        }
        if (chunk.temperatures().size() > SummaryLayout.MASSES) {
            throw broken("masses at " + chunk.temperatures());
        }
        for (int i = 0; i < needed; i++) {
            int block = chunk.blocks()[i];
            if (block < 0 || block >= limits.blockCount()) {
                throw broken("KV block " + block + " does not exist");
            }
        }
        for (int token : chunk.tokens()) {
            if (token < 0 || token >= graph.info().vocabulary()) {
                throw broken("token " + token + " does not exist");
            }
        }
    }

    private static Failure broken(String complaint) {
        return Failure.of(FailureCode.INVALID_ARGUMENT, "The step cannot run: " + complaint);
    }

    @Override
    public void close() {
        blocks.close();
        owned.close();
    }
}
