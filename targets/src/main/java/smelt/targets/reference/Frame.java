package smelt.targets.reference;

/** The values of a running kernel, by slot; vectors are allocated once and overwritten. */
final class Frame {
    final AddressSpace memory;
    final long arguments;
    final long thread;
    final long threads;
    final long[] longs;
    final float[][] floats;
    final int[][] ints;
    final byte[][] bytes;
    final boolean[][] masks;

    Frame(AddressSpace memory, long arguments, int thread, int threads, int slots) {
        this.memory = memory;
        this.arguments = arguments;
        this.thread = thread;
        this.threads = threads;
        longs = new long[slots];
        floats = new float[slots][];
        ints = new int[slots][];
        bytes = new byte[slots][];
        masks = new boolean[slots][];
    }
}
