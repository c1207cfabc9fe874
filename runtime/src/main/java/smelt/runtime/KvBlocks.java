package smelt.runtime;

import java.lang.foreign.MemorySegment;

/**
 * A model's KV blocks as bytes, of all layers together: to keep them elsewhere and to bring them back. Used by the
 * thread that runs the steps, but for {@link #origin}.
 */
public interface KvBlocks {
    /** Of one block. */
    long bytes();

    /** Writes {@link #bytes} of {@code block} to {@code to}. */
    void copyOut(int block, MemorySegment to);

    /**
     * Makes {@code from} the content of {@code block}.
     *
     * @throws smelt.base.Failure MALFORMED where a number in it is not finite: it would spread to other sequences; the
     *     block then holds zeros
     */
    void copyIn(int block, MemorySegment from);

    /** What decides the bytes; may take as long as reading all weights. From any thread while the model is open. */
    Origin origin();

    /**
     * Two models of equal origins have the same bytes for the same tokens. Each part is a line of at most 200 bytes.
     *
     * @param layout what lies in a block, for people
     * @param model a digest of the graph and all weights
     * @param build a digest of what the kernels compute
     */
    record Origin(String layout, String model, String build) {}
}
