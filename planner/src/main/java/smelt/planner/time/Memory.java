package smelt.planner.time;

/** What lies in the memory of one device. */
final class Memory {
    /** Part of the memory that engines fill. */
    private static final double FILLED = 0.92;
    /** Bytes that driver, engine and its graphs keep. */
    private static final double OVERHEAD = 2e9;

    private Memory() {}

    /** Bytes for keys and values; where the weights leave none, a little, so that times can still be told. */
    static double room(Work work) {
        double free = work.memory() - work.weightBytes();
        double usual = FILLED * work.memory() - work.weightBytes() - overhead(work);
        return Math.max(usual, Math.max(0.25 * free, 0.02 * work.memory()));
    }

    /** Whether the weights and one request lie in the memory. */
    static boolean fits(Work work, Load load) {
        double one = work.kept((double) load.input() + load.output()) / work.stages();
        return work.weightBytes() + one + activations(work) <= work.memory();
    }

    static MemoryUse of(Work work, Load load) {
        double free = work.memory() - work.weightBytes();
        double room = free <= 0 ? 0 : room(work);
        double sequence = work.kept(load.input() + load.output() / 2.0) / work.stages();
        double kv = Math.min(room, sequence * load.concurrency() / work.copies());
        double length = Math.max(1, load.input() + load.output());
        double perToken = work.kept(length) / length / work.stages();
        return new MemoryUse(
                Math.round(work.weightBytes()),
                Math.round(kv),
                Math.round(activations(work)),
                Math.round(overhead(work)),
                Math.round(work.memory()),
                (long) (room / perToken * work.copies()));
    }

    /** Two copies of 8,192 rows' widest values in 16 bits, of which devices hold a share each. */
    private static double activations(Work work) {
        return 8192.0 * work.hidden() * 2 * 2;
    }

    /** Small memories are driven by small programs. */
    private static double overhead(Work work) {
        return Math.min(OVERHEAD, 0.05 * work.memory());
    }
}
