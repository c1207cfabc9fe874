package smelt.engine.constraint;

/**
 * How often something is repeated.
 *
 * @param id of the network's counters
 * @param least times
 * @param most times; {@code Integer.MAX_VALUE} for any number
 */
record Counter(int id, int least, int most) {
    /** The count after one more; where there is no upper bound it stays at what is enough. */
    int after(int count) {
        return most == Integer.MAX_VALUE ? Math.min(count + 1, least) : count + 1;
    }

    /** The least count that behaves like {@code count} for the next {@code times}. */
    int alike(int count, int times) {
        boolean mostIsNear = most != Integer.MAX_VALUE && most - count <= times;
        boolean leastIsNear = count < least && least - count <= times;
        if (mostIsNear || leastIsNear) {
            return count;
        }
        return count < least ? 0 : least;
    }
}
