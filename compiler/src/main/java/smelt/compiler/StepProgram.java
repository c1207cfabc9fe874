package smelt.compiler;

import java.util.List;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.Node;
import smelt.graph.Type;

/**
 * A compiled model: kernels in the order of a step, with a barrier after each.
 *
 * @param kernels every distinct kernel once
 * @param layers for each layer its calls; equal layers have equal calls
 * @param buffers what the buffers of {@link Argument.Rows} must hold, see the constants
 * @param tokenBuffer where the runtime puts the embeddings of the tokens: RESIDUAL or TOKENS
 * @param itemRows rows that one attention item may have
 * @param ropes every table that a kernel reads
 */
public record StepProgram(
        List<Node> kernels,
        List<Call> embedding,
        List<List<Call>> layers,
        List<Call> head,
        List<Buffer> buffers,
        int tokenBuffer,
        List<Attr.Rope> ropes,
        CacheLayout cache,
        int heads,
        int itemRows) {
    /** Private memory of a thread. */
    public static final int SCRATCH_BYTES = 1 << 20;

    public StepProgram {
        kernels = List.copyOf(kernels);
        embedding = List.copyOf(embedding);
        layers = List.copyOf(layers);
        head = List.copyOf(head);
        buffers = List.copyOf(buffers);
        ropes = List.copyOf(ropes);
    }

    /**
     * Runs a kernel on arguments.
     *
     * @param cost of the tensor operations that the kernel does
     * @param products the matrices among them
     * @param repeated whether in a step of a single row every thread does all of it for itself, so that none need wait
     *     for another before the next call
     */
    public record Call(Node kernel, List<Argument> arguments, Cost cost, List<Product> products, boolean repeated) {
        public Call {
            arguments = List.copyOf(arguments);
            products = List.copyOf(products);
        }

        /** How many {@link Argument.Pools} it has. */
        public int pools() {
            return (int)
                    arguments.stream().filter(Argument.Pools.class::isInstance).count();
        }
    }

    /**
     * A product with a matrix, or with some of a stack of them.
     *
     * @param weight what is stored
     * @param wide whether activations have 16 bits, which takes two products of 8
     * @param used matrices of the stack that a row is multiplied with
     */
    public record Product(Type.Weight weight, boolean wide, int used) {
        /** Packed, of one matrix of the stack. */
        public long bytes() {
            return PanelLayout.of(weight.dtype(), weight.rows(), weight.columns())
                    .bytes();
        }
    }

    /**
     * Of a single row there may be a copy for each thread, one after another.
     *
     * @param stride bytes of a row
     * @param wanted one row per wanted row instead of one per token
     */
    public record Buffer(int stride, boolean wanted) {}

    /** Buffer of the residual stream. */
    public static final int RESIDUAL = 0;

    /** Buffer of token embeddings, where the embedding section computes with them. */
    public static final int TOKENS = 1;

    /** Buffer of position embeddings, which the runtime fills where the model has a table of them. */
    public static final int POSITIONS = 2;

    /** Buffer of the head's output. */
    public static final int RESULT = 3;

    /** Buffer of what the step tells of the head's rows: {@link SummaryLayout}. */
    public static final int SUMMARY = 4;
}
