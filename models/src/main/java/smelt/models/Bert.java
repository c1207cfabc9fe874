package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Graph;
import smelt.graph.ModelGraph;
import smelt.graph.ModelGraph.Pooling;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * BERT and the embedding models and rerankers built on it: learned positions, every token sees every other, layer norms
 * behind each sum. Text is of the first token type, the second text of a reranker's pair of the second. The head hands
 * on the rows, which are pooled, or scores them.
 */
final class Bert implements Family {
    @Override
    public String name() {
        return "bert";
    }

    @Override
    public List<String> architectures() {
        return List.of("bert");
    }

    @Override
    public WeightNames names() {
        return WeightNames.of("""
                token_embd               embeddings.word_embeddings
                position_embd            embeddings.position_embeddings
                token_types              embeddings.token_type_embeddings
                token_embd_norm          embeddings.LayerNorm
                blk.%d.attn_q            encoder.layer.%d.attention.self.query
                blk.%d.attn_k            encoder.layer.%d.attention.self.key
                blk.%d.attn_v            encoder.layer.%d.attention.self.value
                blk.%d.attn_output       encoder.layer.%d.attention.output.dense
                blk.%d.attn_output_norm  encoder.layer.%d.attention.output.LayerNorm
                blk.%d.ffn_up            encoder.layer.%d.intermediate.dense
                blk.%d.ffn_down          encoder.layer.%d.output.dense
                blk.%d.layer_output_norm encoder.layer.%d.output.LayerNorm
                cls                      pooler.dense
                cls.output               classifier
                """).alias("bert.", "");
    }

    @Override
    public Map<String, Object> defaults() {
        return Map.of("layer_norm_eps", 1e-12);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        return build(file, name(), 0);
    }

    /** @param unused rows of the table of positions before that of position 0 */
    static ModelGraph build(Checkpoint file, String family, int unused) {
        Config config = file.config();
        String positions = config.text("", "position_embedding_type").orElse("absolute");
        if (!positions.equals("absolute")) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Positions '" + Nearest.clip(positions) + "' are not known");
        }
        Shape read = Shape.of(config);
        if (read.contextLength() <= unused) {
            throw Failure.of(FailureCode.MALFORMED, "Of " + read.contextLength() + " positions none can be used");
        }
        Shape shape = read.withContextLength(read.contextLength() - unused);
        Attention attention = Attention.causal(shape, null).seeingAll();
        Op activation = Decoder.activation(config, Op.GELU_ERF);
        Decoder decoder = new Decoder(file, shape);
        Pooling pooling = pooling(file);
        return decoder.graph(
                decoder.info(family, pooling),
                block -> embedding(decoder, block, unused, pooling == Pooling.RANK),
                block -> layer(block, attention, activation),
                block -> pooling == Pooling.RANK ? score(block) : block.input());
    }

    /** Folders of rerankers are those with a classifier. */
    private static Pooling pooling(Checkpoint file) {
        boolean classifies = file.has("classifier.weight") || file.has("classifier.out_proj.weight");
        return classifies ? Pooling.RANK : Poolings.of(file.config()).orElse(Pooling.MEAN);
    }

    /** @param pairs whether a second text may have a type of its own */
    private static Node embedding(Decoder decoder, Block block, int unused, boolean pairs) {
        Graph graph = block.graph();
        Node tokens = decoder.tokens(block);
        Node table = decoder.positionTable(block, unused);
        int types = block.weights().rows("token_types.weight");
        if (pairs && types > 1) {
            Node typed = block.weights().matrix("token_types.weight", types, tokens.width());
            return block.layerNorm("token_embd_norm", block.add(tokens, graph.positionEmbedding(table, unused, typed)));
        }
        Node words = block.add(tokens, graph.positionEmbedding(table, unused));
        Node type = block.weights().firstRow("token_types.weight", words.width());
        return block.layerNorm("token_embd_norm", block.add(words, type));
    }

    private static Node layer(Block block, Attention attention, Op activation) {
        Node x = block.input();
        Node middle = block.layerNorm("attn_output_norm", block.add(x, block.attention(x, attention)));
        return block.layerNorm("layer_output_norm", block.add(middle, block.plain(middle, activation)));
    }

    /** One logit of each row; that of the first token is the text's. */
    private static Node score(Block block) {
        int labels = block.weights().rows("cls.output.weight");
        if (labels != 1) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED,
                    "A classifier of " + labels + " labels gives no score: a reranker has one");
        }
        Node dense = block.linear("cls", block.input(), block.input().width());
        Node tanh = block.graph().softcap(dense, 1);
        return block.linear("cls.output", tanh, labels);
    }
}
