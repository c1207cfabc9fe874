package smelt.compiler;

import java.util.List;
import java.util.Set;
import smelt.graph.Cost;
import smelt.graph.Node;

/** Work between two barriers: what becomes one kernel. */
sealed interface Stage {
    /** Of the tensor operations in it. */
    Cost cost();

    /**
     * Operations on single rows, spread over threads by row. A single row cannot be spread: instead of waiting for one
     * thread and for its results, every thread does it for itself where nothing but later stages reads them.
     *
     * @param nodes in order of evaluation
     * @param kept those that a later stage, or the next section, reads
     * @param repeated whether every thread does a single row for itself
     */
    record RowWise(List<Node> nodes, Set<Node> kept, boolean repeated) implements Stage {
        @Override
        public Cost cost() {
            return Cost.of(nodes);
        }
    }

    /**
     * Matrix products of one input, spread over threads by panels of output columns.
     *
     * @param products the matrix products
     * @param outputs each an elementwise expression over products of {@code input} and over rows that are there already
     */
    record Products(Node input, List<Node> products, List<Node> outputs) implements Stage {
        @Override
        public Cost cost() {
            return Cost.of(products);
        }
    }

    /** Attention, spread over threads by item and key head. */
    record Attend(Node node) implements Stage {
        @Override
        public Cost cost() {
            return Cost.of(node);
        }
    }

    /** EXPERTS_UP or EXPERTS_DOWN, spread over threads by panels. */
    record Experts(Node node) implements Stage {
        @Override
        public Cost cost() {
            return Cost.of(node);
        }
    }
}
