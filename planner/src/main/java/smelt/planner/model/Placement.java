package smelt.planner.model;

import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * What the fullest device holds of a model that is spread over several.
 *
 * @param weightBytes of the device's share
 * @param kvBytesPerToken on the device, of each token of the sequences that it has a part in, before any window is full
 * @param stateBytes on the device, of each such sequence
 */
public record Placement(long weightBytes, double kvBytesPerToken, long stateBytes) {
    /**
     * How a model is cut. KV heads are copied where there are fewer than devices; latent attention's rows always.
     *
     * @param tensor devices that share attention, dense layers, embedding and head
     * @param pipeline stages of layers
     * @param expertTensor devices that share each expert's matrices
     * @param expert devices that routed experts are spread over
     */
    public record Split(int tensor, int pipeline, int expertTensor, int expert) {
        public Split {
            Bounds.check("number of devices that share a matrix", tensor, 1, 1 << 16);
            Bounds.check("number of stages", pipeline, 1, Bounds.LAYERS);
            Bounds.check("number of devices that share an expert", expertTensor, 1, 1 << 16);
            Bounds.check("number of devices that experts are spread over", expert, 1, 1 << 16);
        }

        public static Split none() {
            return new Split(1, 1, 1, 1);
        }
    }

    /**
     * Cuts {@code shape} up; parts that do not divide are rounded up.
     *
     * @throws Failure INVALID_ARGUMENT where there are more stages than layers
     */
    public static Placement of(ModelShape shape, NumberFormats formats, Split split) {
        int layers = shape.layerCount();
        if (split.pipeline() > layers) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    shape.name() + " has " + layers + " layers, too few for " + split.pipeline() + " stages");
        }
        // Equal layers stand together in a shape but alternate in the model, so stages hold average layers.
        double stage = (double) Math.ceilDiv(layers, split.pipeline()) / layers;
        double weights = 0;
        double kv = 0;
        double state = 0;
        for (LayerGroup group : shape.layers()) {
            double count = group.count() * stage;
            weights += count * layerBytes(shape, group, formats, split);
            kv += count * kvBytes(group.attention(), formats, split.tensor());
            state += count * share(Counts.stateBytes(group.attention()), split.tensor());
        }
        return new Placement((long) Math.ceil(weights + ends(shape, formats, split)), kv, (long) Math.ceil(state));
    }

    private static double layerBytes(ModelShape shape, LayerGroup group, NumberFormats formats, Split split) {
        LayerParameters layer = Counts.layer(shape, group);
        double attention = attention(shape.hidden(), group.attention(), layer.attention(), split.tensor());
        double experts = Math.ceilDiv(layer.routed(), split.expert()) * share(layer.expert(), split.expertTensor());
        return attention * formats.weights().bitsPerWeight() / 8
                + share(layer.feedForward(), split.tensor())
                        * formats.feedForward().bitsPerWeight()
                        / 8
                + experts * formats.expertWeights().bitsPerWeight() / 8
                + (layer.router() + (double) layer.vectors())
                        * formats.keptWide().bitsPerWeight()
                        / 8;
    }

    /** Of the first or the last stage, whichever has more; one that is both has both. */
    private static double ends(ModelShape shape, NumberFormats formats, Split split) {
        double matrix = share(Counts.embedding(shape), split.tensor());
        double matrices = split.pipeline() == 1 && !shape.tiedEmbedding() ? 2 * matrix : matrix;
        return (matrices + shape.hidden() + shape.otherParameters())
                * formats.keptWide().bitsPerWeight()
                / 8;
    }

    /** Weights of attention on one device. */
    private static double attention(long hidden, Attention attention, long all, int tensor) {
        return switch (attention) {
            case Attention.Grouped a -> {
                long keysAndValues = hidden * (a.headSize() + a.valueSize());
                yield share(all - keysAndValues * a.kvHeads(), tensor)
                        + (double) keysAndValues * Math.ceilDiv(a.kvHeads(), tensor);
            }
            case Attention.Latent a -> {
                double copied =
                        (double) hidden * (a.queryRank() + a.kvRank() + a.ropeSize() + a.indexSize() + a.indexHeads());
                double index = (double) (a.queryRank() == 0 ? hidden : a.queryRank()) * a.indexHeads() * a.indexSize();
                yield copied + index + (all - copied - index) / Math.min(tensor, a.heads());
            }
            case Attention.Linear a -> share(all, Math.min(tensor, a.valueHeads()));
            case Attention.None none -> 0;
        };
    }

    private static double kvBytes(Attention attention, NumberFormats formats, int tensor) {
        double all = Counts.kvBytes(attention, formats.kvBytes());
        return attention instanceof Attention.Grouped a ? all / a.kvHeads() * Math.ceilDiv(a.kvHeads(), tensor) : all;
    }

    private static double share(long all, int devices) {
        return (double) all / devices;
    }
}
