package smelt.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.compiler.CacheLayout;
import smelt.graph.MemoryKind;

/** The KV blocks of a model's layers, one layer's after another's. */
final class ModelBlocks implements KvBlocks {
    private final List<MemorySegment> layers;
    private final CacheLayout layout;
    private final Supplier<Origin> digest;
    private @Nullable Origin origin;
    private boolean closed;

    ModelBlocks(List<MemorySegment> layers, CacheLayout layout, Supplier<Origin> digest) {
        this.layers = layers;
        this.layout = layout;
        this.digest = digest;
    }

    @Override
    public long bytes() {
        return (long) layers.size() * layout.blockBytes();
    }

    private MemorySegment part(int layer, int block) {
        return layers.get(layer).asSlice((long) block * layout.blockBytes(), layout.blockBytes());
    }

    @Override
    public void copyOut(int block, MemorySegment to) {
        for (int layer = 0; layer < layers.size(); layer++) {
            MemorySegment.copy(part(layer, block), 0, to, (long) layer * layout.blockBytes(), layout.blockBytes());
        }
    }

    @Override
    public void copyIn(int block, MemorySegment from) {
        boolean finite = true;
        for (int layer = 0; layer < layers.size(); layer++) {
            MemorySegment to = part(layer, block);
            MemorySegment.copy(from, (long) layer * layout.blockBytes(), to, 0, layout.blockBytes());
            finite &= layout.scaled() ? scalesAreFinite(to) : isFinite(to);
        }
        if (!finite) {
            for (int layer = 0; layer < layers.size(); layer++) {
                part(layer, block).fill((byte) 0);
            }
            throw Failure.of(FailureCode.MALFORMED, "A stored key or value is not a finite number");
        }
    }

    private boolean scalesAreFinite(MemorySegment block) {
        boolean finite = true;
        for (int head = 0; head < layout.keyHeads(); head++) {
            long scales = (long) head * layout.headBytes() + layout.scaleStart();
            finite &= isFinite(block.asSlice(scales, 2L * layout.scaleBytes()));
        }
        return finite;
    }

    /** Adding the lowest bit of the exponent to an exponent of ones, and to no other, carries into the sign. */
    private boolean isFinite(MemorySegment numbers) {
        boolean wide = layout.element() == MemoryKind.F32;
        long exponents = wide ? 0x7F80_0000_7F80_0000L : 0x7C00_7C00_7C00_7C00L;
        long lowest = wide ? 0x0080_0000_0080_0000L : 0x0400_0400_0400_0400L;
        long carries = 0;
        for (long at = 0; at < numbers.byteSize(); at += 8) {
            carries |= (numbers.get(ValueLayout.JAVA_LONG_UNALIGNED, at) & exponents) + lowest;
        }
        long signs = wide ? 0x8000_0000_8000_0000L : 0x8000_8000_8000_8000L;
        return (carries & signs) == 0;
    }

    @Override
    public synchronized Origin origin() {
        Origin known = origin;
        if (known == null) {
            if (closed) {
                throw Failure.of(FailureCode.CANCELLED, "The model is closed");
            }
            known = digest.get();
            origin = known;
        }
        return known;
    }

    /** Waits for a digest that reads the weights; there will be no other. */
    synchronized void close() {
        closed = true;
    }
}
