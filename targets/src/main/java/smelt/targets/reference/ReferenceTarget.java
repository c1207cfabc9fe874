package smelt.targets.reference;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import smelt.compiler.Tiling;
import smelt.graph.Node;
import smelt.targets.Target;

/** Interprets; threads are taken in turn, which changes nothing, since no thread of a call reads another's results. */
public final class ReferenceTarget implements Target {
    private final int threads;
    private final Tiling tiling;

    public ReferenceTarget(int threads) {
        this(threads, new Tiling(4, false));
    }

    /** {@code tiling}: takes the kernels of processors that have it. */
    public ReferenceTarget(int threads, Tiling tiling) {
        this.threads = threads;
        this.tiling = tiling;
    }

    @Override
    public Tiling tiling() {
        return tiling;
    }

    @Override
    public String description() {
        return "reference interpreter";
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public Step prepare(List<Invocation> calls, List<MemorySegment> memory) {
        Map<Node, Interpreter> interpreters = new HashMap<>();
        calls.forEach(call -> interpreters.computeIfAbsent(call.kernel(), Interpreter::new));
        AddressSpace space = new AddressSpace();
        memory.forEach(space::add);
        return new Step() {
            private final AtomicBoolean interrupted = new AtomicBoolean();

            @Override
            public boolean run(int rows) {
                return run(rows, 0, calls.size());
            }

            @Override
            public boolean run(int rows, int first, int end) {
                for (Invocation call : calls.subList(first, end)) {
                    if (interrupted.getAndSet(false)) {
                        return false;
                    }
                    for (int thread = 0; thread < threads; thread++) {
                        Objects.requireNonNull(interpreters.get(call.kernel()))
                                .run(space, call.arguments(), thread, threads);
                    }
                }
                return true;
            }

            @Override
            public void interrupt() {
                interrupted.set(true);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
