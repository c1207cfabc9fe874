package smelt.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import smelt.formats.ModelFile;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** A loaded model and the file that it reads its embeddings from, closed together. */
public record OpenModel(Model model, ModelGraph graph, ModelFile file) implements StepRunner {
    @Override
    public Limits limits() {
        return model.limits();
    }

    @Override
    public KvBlocks blocks() {
        return model.blocks();
    }

    @Override
    public Logits run(StepBatch batch) {
        return model.run(batch);
    }

    @Override
    public int pieces() {
        return model.pieces();
    }

    @Override
    public void begin(StepBatch batch) {
        model.begin(batch);
    }

    @Override
    public @Nullable Logits proceed(long nanos) {
        return model.proceed(nanos);
    }

    @Override
    public void abandon() {
        model.abandon();
    }

    @Override
    public void interrupt() {
        model.interrupt();
    }

    @Override
    public double stepBytes() {
        List<Node> all = new ArrayList<>();
        graph.layers().forEach(layer -> all.addAll(layer.output().expression()));
        all.addAll(graph.head().output().expression());
        double stored = stored(all);
        return stored == 0
                ? model.weightBytes()
                : model.weightBytes() * (Cost.of(all).weightBytes() / stored);
    }

    /** Bytes of the matrices that products read, all experts among them. */
    private static double stored(Collection<Node> nodes) {
        double bytes = 0;
        for (Node node : nodes) {
            bytes += Cost.of(node).weightBytes() * (node.op() == Op.EXPERTS ? expertsPerUsedOne(node) : 1);
        }
        return bytes;
    }

    private static double expertsPerUsedOne(Node node) {
        Attr.Experts experts = node.attr(Attr.Experts.class);
        return (double) experts.count() / experts.used();
    }

    @Override
    public void close() {
        try (file) {
            model.close();
        }
    }
}
