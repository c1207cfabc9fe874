package smelt.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Guards engine/: blocks and the tree over them, against maps of texts. */
class PrefixTreeTest {
    private static final int POSITIONS = 2;

    /**
     * Ways through a tree of few tokens, taken and given back at random; every block is told apart by its whole way.
     */
    @Test
    void equalsAMapOfWholePrefixes() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            int blocks = 4 + random.nextInt(20);
            var tree = new PrefixTree(blocks, POSITIONS);
            var pool = new BlockPool(blocks, tree);
            Map<Integer, String> held = new HashMap<>();
            Map<String, Integer> known = new HashMap<>();
            Deque<List<Integer>> ways = new ArrayDeque<>();
            for (int i = 0; i < 400; i++) {
                if (random.nextInt(3) > 0) {
                    ways.addLast(walk(random, tree, pool, held, known));
                } else if (!ways.isEmpty()) {
                    ways.removeFirst().reversed().forEach(pool::giveBack);
                }
                assertThat(pool.available()).as("seed %d", seed).isBetween(0, blocks);
            }
            ways.forEach(way -> way.reversed().forEach(pool::giveBack));
            assertThat(pool.available()).as("seed %d", seed).isEqualTo(blocks);
        }
    }

    private static List<Integer> walk(
            Random random, PrefixTree tree, BlockPool pool, Map<Integer, String> held, Map<String, Integer> known) {
        int[] tokens = random.ints(2L * (1 + random.nextInt(5)), 0, 2).toArray();
        List<Integer> way = new ArrayList<>();
        String prefix = "";
        for (int from = 0; from < tokens.length; from += POSITIONS) {
            prefix += tokens[from] + "" + tokens[from + 1];
            int parent = way.isEmpty() ? PrefixTree.ROOT : way.getLast();
            int block = tree.child(parent, tokens, from);
            if (block != PrefixTree.NONE) {
                assertThat(held.get(block)).isEqualTo(prefix);
                pool.hold(block);
            } else if (pool.available() > 0) {
                block = pool.take();
                known.remove(held.remove(block));
                assertThat(known).doesNotContainKey(prefix);
                tree.add(block, parent, tokens, from);
                held.put(block, prefix);
                known.put(prefix, block);
            } else {
                break;
            }
            way.add(block);
        }
        return way;
    }

    @Test
    void theLeastRecentlyHeldLeafGoesFirst() {
        var tree = new PrefixTree(4, POSITIONS);
        var pool = new BlockPool(4, tree);
        int[] tokens = {1, 2, 3, 4};
        int root = pool.take();
        tree.add(root, PrefixTree.ROOT, tokens, 0);
        int leaf = pool.take();
        tree.add(leaf, root, tokens, 2);
        int other = pool.take();
        tree.add(other, PrefixTree.ROOT, tokens, 2);
        pool.giveBack(other);
        pool.giveBack(leaf);
        pool.giveBack(root);
        pool.hold(other);
        pool.giveBack(other);
        assertThat(pool.freeCount()).isEqualTo(1);
        assertThat(pool.cachedCount()).isEqualTo(3);
        pool.take();
        assertThat(List.of(pool.take(), pool.take(), pool.take())).containsExactly(leaf, root, other);
    }
}
