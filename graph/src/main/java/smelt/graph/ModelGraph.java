package smelt.graph;

import java.util.List;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * A model as data: what the compiler reads and the runtime binds.
 *
 * @param embedding from token ids to the first residual stream
 * @param head from the residual stream to logits, or, for an embedding model, to the rows that are pooled, or, for a
 *     reranker, to scores
 */
public record ModelGraph(Info info, Section embedding, List<Section> layers, Section head) {
    public ModelGraph {
        layers = List.copyOf(layers);
    }

    /**
     * The same model, made to embed: its head ends with the rows that its last product reads.
     *
     * @throws Failure UNSUPPORTED where the head is no product of rows, and to or from a reranker
     */
    public ModelGraph pooled(Pooling pooling) {
        Info pooledInfo = new Info(info.family(), info.vocabulary(), info.contextLength(), info.hidden(), pooling);
        if (info.pooling() == Pooling.RANK || pooling == Pooling.RANK) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    info.family() + (pooling == Pooling.RANK ? " has no head of a reranker" : " is a reranker here"));
        }
        if (info.pooling() != Pooling.NONE) {
            return new ModelGraph(pooledInfo, embedding, layers, head);
        }
        Node node = head.output();
        while (node.op() != Op.MATMUL) {
            if (node.inputs().size() != 1) {
                throw Failure.of(FailureCode.UNSUPPORTED, info.family() + " has no rows that could be pooled");
            }
            node = node.input(0);
        }
        return new ModelGraph(pooledInfo, embedding, layers, new Section(node.input(0), head.weights()));
    }

    /**
     * @param contextLength positions the model was trained for
     * @param hidden width of the residual stream
     * @param pooling NONE for models that generate
     */
    public record Info(String family, int vocabulary, int contextLength, int hidden, Pooling pooling) {}

    /** How an embedding model makes one vector of a sequence's rows. */
    public enum Pooling {
        NONE,
        MEAN,
        FIRST,
        LAST,
        /** The first row is the score of a text, or a pair of them. */
        RANK
    }
}
