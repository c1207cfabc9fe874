package smelt.runtime;

/**
 * Native memory that a loaded model takes, in bytes.
 *
 * @param weights packed
 * @param cache KV blocks
 * @param work activations, rotary positions, parts of attention, scratch, and what tells the kernels their step
 */
public record MemoryNeed(long weights, long cache, long work) {
    public long total() {
        return weights + cache + work;
    }
}
