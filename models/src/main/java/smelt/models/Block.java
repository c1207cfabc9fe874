package smelt.models;

import smelt.base.Failure;
import smelt.graph.Attr;
import smelt.graph.Graph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;

/** Builds one section of a model from the blocks that transformers share; weights are bound as they are asked for. */
final class Block {
    private final Graph graph;
    private final Weights weights;
    private final Shape shape;
    private final int index;
    private final WeightNames names;

    Block(Checkpoint file, Shape shape, int index) {
        this.graph = file.graph();
        this.weights = file.weights(index);
        this.names = file.names();
        this.shape = shape;
        this.index = index;
    }

    /** The layer's number, from 0. */
    int index() {
        return index;
    }

    Weights weights() {
        return weights;
    }

    Graph graph() {
        return graph;
    }

    /** @throws Failure NOT_FOUND where the file lacks one of the slots' tensors */
    void require(String... slots) {
        for (String slot : slots) {
            weights.require(slot);
        }
    }

    Section section(Node output) {
        return weights.section(output);
    }

    /** The residual stream as it enters. */
    Node input() {
        return graph.input(shape.hidden());
    }

    Node add(Node a, Node b) {
        return graph.add(a, b);
    }

    Node rmsNorm(String slot, Node x) {
        return rmsNorm(slot, x, x.width());
    }

    private Node rmsNorm(String slot, Node x, int segment) {
        Node weight = weights.vector(slot + ".weight", segment);
        return graph.rmsNorm(x, weight, new Attr.Norm(shape.epsilon(), segment, shape.normOffset()));
    }

    Node layerNorm(String slot, Node x) {
        Node weight = weights.vector(slot + ".weight", x.width());
        return graph.layerNorm(x, weight, weights.vector(slot + ".bias", x.width()), shape.epsilon());
    }

    /** x times the slot's matrix, plus its bias where the file has one. */
    Node linear(String slot, Node x, int rows) {
        return biased(slot, graph.matmul(x, weights.matrix(slot + ".weight", rows, x.width())));
    }

    private Node biased(String slot, Node product) {
        String bias = slot + ".bias";
        return weights.has(bias) ? graph.add(product, weights.vector(bias, product.width())) : product;
    }

    /** Attention from x to the output projection; a family that names attn_qkv has the three fused. */
    Node attention(Node x, Attention kind) {
        int queries = shape.queryWidth();
        int keys = shape.keyWidth();
        if (!names.has("attn_qkv")) {
            Node q = linear("attn_q", x, queries);
            Node k = linear("attn_k", x, keys);
            return linear("attn_output", attend(q, k, linear("attn_v", x, keys), kind), shape.hidden());
        }
        return linear("attn_output", attendFused(linear("attn_qkv", x, queries + 2 * keys), kind), shape.hidden());
    }

    /** Attention over rows that hold queries, keys and values side by side. */
    Node attendFused(Node qkv, Attention kind) {
        int queries = shape.queryWidth();
        int keys = shape.keyWidth();
        Node q = graph.slice(qkv, 0, queries);
        Node k = graph.slice(qkv, queries, keys);
        return attend(q, k, graph.slice(qkv, queries + keys, keys), kind);
    }

    private Node attend(Node q, Node k, Node v, Attention kind) {
        Attr.Attention attr = new Attr.Attention(
                shape.heads(),
                shape.keyHeads(),
                shape.headWidth(),
                kind.scale(),
                kind.window(),
                kind.softcap(),
                kind.causal());
        return graph.attention(positioned("attn_q_norm", q, kind), positioned("attn_k_norm", k, kind), v, attr);
    }

    private Node positioned(String norm, Node x, Attention kind) {
        Node normed = switch (kind.norm()) {
            case NONE -> x;
            case HEAD -> rmsNorm(norm, x, shape.headWidth());
            case ROW -> rmsNorm(norm, x);
        };
        Attr.Rope rope = kind.rope();
        return rope == null ? normed : graph.rope(normed, rope);
    }

    /** down(activation(gate x) * up x); a family that does not name ffn_gate has gate and up fused. */
    Node gated(Node x, Op activation) {
        int width = shape.feedForward();
        boolean fused = !names.has("ffn_gate");
        Node both = fused ? linear("ffn_up", x, 2 * width) : x;
        Node gate = fused ? graph.slice(both, 0, width) : linear("ffn_gate", x, width);
        Node up = fused ? graph.slice(both, width, width) : linear("ffn_up", x, width);
        return linear("ffn_down", graph.mul(graph.activation(activation, gate), up), shape.hidden());
    }

    /** down(activation(up x)). */
    Node plain(Node x, Op activation) {
        Node up = linear("ffn_up", x, shape.feedForward());
        return linear("ffn_down", graph.activation(activation, up), shape.hidden());
    }

    /** A mixture of gated feed-forwards of {@code width} columns. */
    Node mixture(Node x, int width, Attr.Experts experts) {
        Node router = linear("ffn_gate_inp", x, experts.count());
        Node gate = weights.experts("ffn_gate_exps.weight", experts.count(), width, x.width());
        Node up = weights.experts("ffn_up_exps.weight", experts.count(), width, x.width());
        Node down = weights.experts("ffn_down_exps.weight", experts.count(), x.width(), width);
        return graph.experts(x, router, gate, up, down, experts);
    }
}
