package smelt.planner.training;

import smelt.planner.model.Attention;
import smelt.planner.model.FeedForward;
import smelt.planner.model.LayerGroup;
import smelt.planner.training.TrainingQuestion.Method;

/**
 * What training keeps in memory.
 *
 * <p>Activations of a layer: 34 bytes for each position and column of the hidden state in bf16, attention never written
 * out (Korthikanti et al. 2022, without its quadratic term); recomputed layers keep their input alone.
 */
final class TrainingBytes {
    private static final double OPTIMISER = 12;
    private static final double GRADIENT = 2;
    private static final double LAYER_ACTIVATION = 34;
    private static final double LOGIT = 6; // bf16, and f32 for the loss
    private static final double RESERVED = 2e9; // context, communication buffers, fragments: an estimate

    private final TrainingQuestion question;
    private final double parameters;
    private final double trained;

    TrainingBytes(TrainingQuestion question, double parameters) {
        this.question = question;
        this.parameters = parameters;
        trained = question.method() == Method.FULL ? parameters : adapters();
    }

    /** Weights that are trained. */
    double trained() {
        return trained;
    }

    TrainingMemory of(TrainingLayout layout) {
        double parts = (double) layout.tensor() * layout.pipeline();
        double kept = parameters * question.method().weightBytes();
        double added = question.method() == Method.FULL ? 0 : 2 * trained;
        double weights = (kept + added) / parts;
        double layerBytes = kept / question.model().layerCount() / layout.tensor();
        double data = layout.data();
        return new TrainingMemory(
                layout.zero() == 3 ? weights / data + 2 * layerBytes : weights,
                GRADIENT * trained / parts / (layout.zero() >= 2 ? data : 1),
                OPTIMISER * trained / parts / (layout.zero() >= 1 ? data : 1),
                activations(layout),
                RESERVED,
                question.device().memoryBytes().value());
    }

    /** One sequence in each stage that is under way. */
    private double activations(TrainingLayout layout) {
        double plane = (double) question.sequence() * question.model().hidden();
        double layers = Math.ceil((double) question.model().layerCount() / layout.pipeline());
        double layer = LAYER_ACTIVATION * plane / layout.tensor();
        double inFlight = layout.pipeline();
        double kept = layout.recompute() ? layers * inFlight * 2 * plane + layer : layers * inFlight * layer;
        double logits = LOGIT * question.sequence() * question.model().vocabulary() / layout.tensor();
        return kept + logits;
    }

    /** Adapters of the given rank beside each matrix of attention and dense layers. */
    private double adapters() {
        return question.model().layers().stream().mapToDouble(this::adapters).sum();
    }

    private double adapters(LayerGroup group) {
        int hidden = question.model().hidden();
        double width = switch (group.attention()) {
            case Attention.Grouped a ->
                2.0 * (hidden + (double) a.heads() * a.headSize())
                        + 2.0 * (hidden + (double) a.kvHeads() * a.headSize());
            case Attention.Latent a ->
                2.0 * (hidden + (double) a.heads() * a.valueSize()) + 2.0 * (hidden + a.kvRank());
            case Attention.Linear a -> 4.0 * (hidden + (double) a.valueHeads() * a.valueSize());
            case Attention.None a -> 0;
        };
        width += switch (group.feedForward()) {
            case FeedForward.Dense f -> (f.gated() ? 3.0 : 2.0) * (hidden + f.inner());
            case FeedForward.Experts f -> 0; // adapters leave experts alone
        };
        return group.count() * width * question.rank();
    }

    /** Columns of queries, summed over layers. */
    double attentionWidth() {
        return question.model().layers().stream()
                .mapToDouble(group -> group.count() * columns(group.attention()))
                .sum();
    }

    private static double columns(Attention attention) {
        return switch (attention) {
            case Attention.Grouped a -> (double) a.heads() * a.headSize();
            case Attention.Latent a -> (double) a.heads() * (a.nopeSize() + a.ropeSize());
            case Attention.Linear a -> 0;
            case Attention.None a -> 0;
        };
    }
}
