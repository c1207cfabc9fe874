package smelt.targets;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import smelt.compiler.Tiling;
import smelt.graph.Cost;
import smelt.graph.Node;

/** What runs kernels. */
public interface Target extends AutoCloseable {
    /** For people: {@code cpu vnni, 2 threads}. */
    String description();

    /** How products had best take their rows. */
    Tiling tiling();

    /** Threads that run a step together. */
    int threads();

    /**
     * Makes a step ready: the calls run in order, each on all threads, with a barrier after it where one is needed.
     *
     * @param memory all native memory that the calls may touch; stays allocated while the step is used
     */
    Step prepare(List<Invocation> calls, List<MemorySegment> memory);

    /** What packs weights for this target, where it has native code for it; whoever asks closes it. */
    default Optional<BitMover> mover() {
        return Optional.empty();
    }

    @Override
    void close();

    /**
     * A kernel on its arguments.
     *
     * @param arguments native address of the argument table
     * @param cost for one token
     * @param repeated whether a step of one row needs no barrier after it
     */
    record Invocation(Node kernel, long arguments, Cost cost, boolean repeated) {}

    /** A step made ready; runs as often as one likes, one at a time. */
    interface Step extends AutoCloseable {
        /**
         * @param rows tokens in this step, as its memory tells; steps of as many cost about the same
         * @return whether all calls ran; otherwise {@link #interrupt} ended the step after some of them
         */
        boolean run(int rows);

        /** The same with only the calls from number {@code first} to before {@code end}. */
        boolean run(int rows, int first, int end);

        /** Ends the step that runs after the call that it is at, or the next one if none runs; from any thread. */
        void interrupt();

        @Override
        void close();
    }
}
