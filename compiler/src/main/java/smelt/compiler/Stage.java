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
     * Operations on single rows, spread over threads by row.
     *
     * @param nodes in order of evaluation
     * @param kept those that a later stage, or the next section, reads
     */
    record RowWise(List<Node> nodes, Set<Node> kept) implements Stage {
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
