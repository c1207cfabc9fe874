package smelt.engine.cache;

/**
 * The blocks of a tree at one moment, each after the one it follows, the latest used first.
 *
 * @param generations a block that was given up and taken again has another one
 */
record KnownBlocks(int[] blocks, long[] generations) {
    int count() {
        return blocks.length;
    }
}
