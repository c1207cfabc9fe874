package smelt.planner.model;

import smelt.base.Failure;
import smelt.base.FailureCode;

/** How a layer looks back, and what it keeps of each position. */
public sealed interface Attention {
    /**
     * Queries in groups that share keys and values: multi-head, grouped-query and multi-query attention.
     *
     * @param headSize of queries and keys
     * @param window positions looked back at; 0: all
     * @param bias whether the projections to queries, keys and values have one
     * @param headNorm whether each head's queries and keys are normed, by one vector for all heads
     * @param gated whether a projection as wide as the queries gates the output
     */
    record Grouped(
            int heads,
            int kvHeads,
            int headSize,
            int valueSize,
            int window,
            boolean bias,
            boolean headNorm,
            boolean gated)
            implements Attention {
        public Grouped {
            Bounds.check("number of heads", heads, 1, Bounds.HEADS);
            Bounds.check("number of KV heads", kvHeads, 1, heads);
            Bounds.check("size of a head", headSize, 1, Bounds.HEADS);
            Bounds.check("size of a head's values", valueSize, 1, Bounds.HEADS);
            Bounds.check("window of attention", window, 0, Integer.MAX_VALUE);
            if (heads % kvHeads != 0) {
                throw Failure.of(
                        FailureCode.INVALID_ARGUMENT, heads + " heads are no multiple of " + kvHeads + " KV heads");
            }
        }
    }

    /**
     * Multi-head latent attention: one compressed row and one rotated key for each position, shared by all heads.
     *
     * @param queryRank width that queries are compressed to; 0: not at all
     * @param kvRank width that keys and values are compressed to
     * @param ropeSize rotated part of a head
     * @param nopeSize part of a head that is not rotated
     * @param attended positions attended to at most (sparse attention); 0: all
     * @param indexHeads of the indexer that chooses them; 0: none
     * @param indexSize of each of its heads, and of the one key that it keeps for each position
     */
    record Latent(
            int heads,
            int queryRank,
            int kvRank,
            int ropeSize,
            int nopeSize,
            int valueSize,
            int attended,
            int indexHeads,
            int indexSize)
            implements Attention {
        public Latent {
            Bounds.check("number of heads", heads, 1, Bounds.HEADS);
            Bounds.check("query rank", queryRank, 0, Bounds.WIDTH);
            Bounds.check("KV rank", kvRank, 1, Bounds.WIDTH);
            Bounds.check("rotated part of a head", ropeSize, 0, Bounds.HEADS);
            Bounds.check("part of a head that is not rotated", nopeSize, 0, Bounds.HEADS);
            Bounds.check("size of a head's values", valueSize, 1, Bounds.HEADS);
            Bounds.check("number of positions attended to", attended, 0, Integer.MAX_VALUE);
            Bounds.check("number of index heads", indexHeads, 0, Bounds.HEADS);
            Bounds.check("size of an index head", indexSize, indexHeads == 0 ? 0 : 1, Bounds.HEADS);
        }

        public Latent(int heads, int queryRank, int kvRank, int ropeSize, int nopeSize, int valueSize, int attended) {
            this(heads, queryRank, kvRank, ropeSize, nopeSize, valueSize, attended, 0, 0);
        }
    }

    /**
     * Gated delta rule, Mamba 2 and the like: a state of fixed size for each sequence in place of keys and values.
     *
     * @param keyHeads groups that share what Mamba calls B and C
     * @param keySize width of the state of each value head (Mamba: d_state)
     * @param convolution positions that the short convolution before it sees
     * @param gates numbers per value head that a token computes: 2 for decay and strength of the delta rule, 1 for
     *     Mamba's step
     */
    record Linear(int keyHeads, int valueHeads, int keySize, int valueSize, int convolution, int gates)
            implements Attention {
        public Linear {
            Bounds.check("number of key heads", keyHeads, 1, Bounds.HEADS);
            Bounds.check("number of value heads", valueHeads, 1, Bounds.HEADS);
            Bounds.check("size of a key head", keySize, 1, Bounds.HEADS);
            Bounds.check("size of a value head", valueSize, 1, Bounds.HEADS);
            Bounds.check("convolution", convolution, 0, Bounds.HEADS);
            Bounds.check("number of gates", gates, 0, Bounds.HEADS);
        }

        public Linear(int keyHeads, int valueHeads, int keySize, int valueSize, int convolution) {
            this(keyHeads, valueHeads, keySize, valueSize, convolution, 2);
        }
    }

    /** No attention in this layer. */
    record None() implements Attention {}
}
