package smelt.planner.model;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** What follows from a shape by counting: the only place that knows. */
public final class Counts {
    /** Engines keep states of linear attention as f32 and the convolution's last inputs as bf16. */
    private static final int STATE_BYTES = 4;

    private static final int CONVOLUTION_BYTES = 2;

    /** Engines that run sparse attention keep the indexer's keys as fp8 with one f32 scale. */
    private static final int INDEX_SCALE_BYTES = 4;

    private Counts() {}

    /** All parameters of the text model. */
    public static long parameters(ModelShape shape) {
        return exactly(shape, () -> {
            long layers = sum(shape, group -> layer(shape, group).total());
            return Math.addExact(layers, ends(shape));
        });
    }

    /** Parameters that one token meets, embedding and head counted whole: what "A17B" in a name means. */
    public static long activeParameters(ModelShape shape) {
        return exactly(
                shape,
                () -> Math.addExact(sum(shape, group -> layer(shape, group).ofOneToken()), ends(shape)));
    }

    /** Bytes of all weights, as {@code formats} keep them. */
    public static long weightBytes(ModelShape shape, NumberFormats formats) {
        return exactly(shape, () -> {
            long layers = sum(shape, group -> layerBytes(layer(shape, group), formats));
            return Math.addExact(layers, formats.keptWide().bytes(ends(shape)));
        });
    }

    /** Bytes of one layer of {@code group}, all experts included. */
    public static long layerBytes(LayerParameters layer, NumberFormats formats) {
        long routed = Math.multiplyExact(layer.expert(), (long) layer.routed());
        return Math.addExact(
                formats.weights().bytes(layer.attention())
                        + formats.feedForward().bytes(layer.feedForward()),
                formats.expertWeights().bytes(routed) + formats.keptWide().bytes(layer.router() + layer.vectors()));
    }

    /** Embedding, head, final norm and what belongs to no layer. */
    private static long ends(ModelShape shape) {
        return embedding(shape) * (shape.tiedEmbedding() ? 1 : 2) + shape.hidden() + shape.otherParameters();
    }

    /** Parameters of the embedding; the head has as many, the same ones where it is tied. */
    public static long embedding(ModelShape shape) {
        return (long) shape.vocabulary() * shape.hidden();
    }

    /** Parameters of one layer of {@code group}. */
    public static LayerParameters layer(ModelShape shape, LayerGroup group) {
        long hidden = shape.hidden();
        long attention = attention(hidden, group.attention());
        long vectors = 2 * hidden + vectors(group.attention()) + group.otherParameters();
        return switch (group.feedForward()) {
            case FeedForward.Dense dense ->
                new LayerParameters(attention, matrices(hidden, dense.inner(), dense.gated()), 0, 0, 0, 0, vectors);
            case FeedForward.Experts experts ->
                new LayerParameters(
                        attention,
                        experts.shared() * matrices(hidden, experts.sharedInner(), experts.gated()),
                        matrices(hidden, experts.inner(), experts.gated()),
                        experts.routed(),
                        experts.active(),
                        hidden * experts.routed(),
                        vectors);
        };
    }

    private static long matrices(long hidden, long inner, boolean gated) {
        return (gated ? 3 : 2) * hidden * inner;
    }

    private static long attention(long hidden, Attention attention) {
        return switch (attention) {
            case Attention.Grouped a ->
                hidden * a.heads() * ((a.gated() ? 2L : 1L) * a.headSize() + a.valueSize())
                        + hidden * a.kvHeads() * (a.headSize() + a.valueSize());
            case Attention.Latent a -> latent(hidden, a);
            case Attention.Linear a ->
                hidden * (2 * keys(a) + 3 * values(a) + (long) a.gates() * a.valueHeads())
                        + convolved(a) * a.convolution();
            case Attention.None none -> 0;
        };
    }

    private static long latent(long hidden, Attention.Latent a) {
        long head = (long) a.nopeSize() + a.ropeSize();
        long compressed = a.queryRank() == 0 ? hidden : a.queryRank();
        long query = (a.queryRank() == 0 ? 0 : hidden * compressed) + compressed * a.heads() * head;
        long index = a.indexHeads() == 0
                ? 0
                : compressed * a.indexHeads() * a.indexSize() + hidden * (a.indexSize() + (long) a.indexHeads());
        return query
                + hidden * (a.kvRank() + (long) a.ropeSize())
                + (long) a.kvRank() * a.heads() * (a.nopeSize() + (long) a.valueSize())
                + hidden * a.heads() * a.valueSize()
                + index;
    }

    private static long vectors(Attention attention) {
        return switch (attention) {
            case Attention.Grouped a -> (a.bias() ? biases(a) : 0) + (a.headNorm() ? 2L * a.headSize() : 0);
            // The norm of the index key has a bias.
            case Attention.Latent a -> (long) a.queryRank() + a.kvRank() + 2L * a.indexSize();
            // Decay and step of each head, and the norm of the output.
            case Attention.Linear a -> 2L * a.valueHeads() + a.valueSize();
            case Attention.None none -> 0;
        };
    }

    private static long biases(Attention.Grouped a) {
        return (a.gated() ? 2L : 1L) * a.heads() * a.headSize() + (long) a.kvHeads() * (a.headSize() + a.valueSize());
    }

    private static long keys(Attention.Linear a) {
        return (long) a.keyHeads() * a.keySize();
    }

    private static long values(Attention.Linear a) {
        return (long) a.valueHeads() * a.valueSize();
    }

    private static long convolved(Attention.Linear a) {
        return 2 * keys(a) + values(a);
    }

    /**
     * Bytes of keys and values that one more token takes at {@code position} (0 for the first): nothing in layers whose
     * window is full.
     */
    public static double kvBytesPerToken(ModelShape shape, NumberFormats formats, int position) {
        return total(
                shape,
                group -> position < window(group.attention()) ? kvBytes(group.attention(), formats.kvBytes()) : 0);
    }

    /** Bytes of the keys and values of one sequence of {@code tokens}; windows hold no more than they are long. */
    public static double kvBytes(ModelShape shape, NumberFormats formats, long tokens) {
        return total(
                shape,
                group -> kvBytes(group.attention(), formats.kvBytes()) * Math.min(tokens, window(group.attention())));
    }

    /** Bytes that one layer keeps of one position. */
    public static double kvBytes(Attention attention, double bytesPerNumber) {
        return switch (attention) {
            case Attention.Grouped a -> bytesPerNumber * a.kvHeads() * (a.headSize() + a.valueSize());
            case Attention.Latent a ->
                bytesPerNumber * (a.kvRank() + a.ropeSize())
                        + (a.indexHeads() == 0 ? 0 : a.indexSize() + INDEX_SCALE_BYTES);
            case Attention.Linear a -> 0;
            case Attention.None none -> 0;
        };
    }

    /** Positions whose keys and values a layer keeps at most. */
    private static long window(Attention attention) {
        return attention instanceof Attention.Grouped grouped && grouped.window() > 0
                ? grouped.window()
                : Long.MAX_VALUE;
    }

    /** Positions, of {@code context}, that one row of a layer attends to. */
    public static long attended(Attention attention, long context) {
        return switch (attention) {
            case Attention.Grouped a -> Math.min(context, window(a));
            case Attention.Latent a -> a.attended() > 0 ? Math.min(context, a.attended()) : context;
            case Attention.Linear a -> 0;
            case Attention.None none -> 0;
        };
    }

    /** Bytes that each sequence takes whatever its length: states of linear attention. */
    public static long stateBytes(ModelShape shape, NumberFormats formats) {
        return exactly(shape, () -> sum(shape, group -> stateBytes(group.attention())));
    }

    /** Bytes of the state of one layer and sequence. */
    public static long stateBytes(Attention attention) {
        return attention instanceof Attention.Linear a
                ? STATE_BYTES * values(a) * a.keySize()
                        + CONVOLUTION_BYTES * convolved(a) * Math.max(0, a.convolution() - 1)
                : 0;
    }

    /**
     * Multiplications and additions with matrices for one token: two for each number. The head is counted where
     * {@code head} is set: it sees one row of a prompt only.
     */
    public static double matrixFlops(ModelShape shape, boolean head) {
        return 2 * total(shape, group -> layer(shape, group).multiplied()) + (head ? 2.0 * embedding(shape) : 0);
    }

    /**
     * Multiplications and additions of one layer for one row and one position that it attends to.
     *
     * @param absorbed whether latent attention works on the compressed rows, as engines do for answers: more
     *     arithmetic, fewer bytes
     */
    public static double attentionFlops(Attention attention, boolean absorbed) {
        return switch (attention) {
            case Attention.Grouped a -> 2.0 * a.heads() * (a.headSize() + a.valueSize());
            case Attention.Latent a ->
                2.0
                        * a.heads()
                        * (absorbed ? 2 * a.kvRank() + a.ropeSize() : a.nopeSize() + a.ropeSize() + a.valueSize());
            case Attention.Linear a -> 0;
            case Attention.None none -> 0;
        };
    }

    /** Multiplications and additions of one layer for one row that do not depend on its position. */
    public static double stateFlops(Attention attention) {
        // Decay, read, correct and write the state: four passes of a multiplication, two with an addition.
        return attention instanceof Attention.Linear a ? 6.0 * values(a) * a.keySize() : 0;
    }

    /** Multiplications and additions of one layer's indexer for one row and one position that it looks at. */
    public static double indexFlops(Attention attention) {
        return attention instanceof Attention.Latent a ? 2.0 * a.indexHeads() * a.indexSize() : 0;
    }

    private static long sum(ModelShape shape, ToLongFunction<LayerGroup> ofOne) {
        long sum = 0;
        for (LayerGroup group : shape.layers()) {
            sum = Math.addExact(sum, Math.multiplyExact(ofOne.applyAsLong(group), (long) group.count()));
        }
        return sum;
    }

    private static double total(ModelShape shape, ToDoubleFunction<LayerGroup> ofOne) {
        return shape.layers().stream()
                .mapToDouble(group -> group.count() * ofOne.applyAsDouble(group))
                .sum();
    }

    private static long exactly(ModelShape shape, Supplier<Long> count) {
        try {
            long counted = count.get();
            if (counted >= 0) {
                return counted;
            }
        } catch (ArithmeticException e) {
            // said below
        }
        throw Failure.of(
                FailureCode.LIMIT_EXCEEDED, "The model " + shape.name() + " has more numbers than can be counted");
    }
}
