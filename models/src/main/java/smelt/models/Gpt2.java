package smelt.models;

import java.util.List;
import java.util.Map;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;

/** GPT-2: learned positions, layer norms, one tensor for queries, keys and values. Hugging Face holds [in, out]. */
final class Gpt2 implements Family {
    @Override
    public String name() {
        return "gpt2";
    }

    @Override
    public List<String> architectures() {
        return List.of("gpt2");
    }

    @Override
    public WeightNames names() {
        return WeightNames.of("""
                token_embd          wte
                position_embd       wpe
                output_norm         ln_f
                output              lm_head
                blk.%d.attn_norm    h.%d.ln_1
                blk.%d.attn_qkv     h.%d.attn.c_attn
                blk.%d.attn_output  h.%d.attn.c_proj
                blk.%d.ffn_norm     h.%d.ln_2
                blk.%d.ffn_up       h.%d.mlp.c_fc
                blk.%d.ffn_down     h.%d.mlp.c_proj
                """)
                .alias("transformer.", "")
                .transposed("attn_qkv", "attn_output", "ffn_up", "ffn_down");
    }

    @Override
    public Map<String, Object> defaults() {
        return Map.of("layer_norm_epsilon", 1e-5);
    }

    @Override
    public ModelGraph build(Checkpoint file) {
        Shape shape = Shape.of(file.config());
        Attention attention = Attention.causal(shape, null);
        Op activation = Decoder.activation(file.config(), Op.GELU_TANH);
        Decoder decoder = new Decoder(file, shape);
        return decoder.graph(
                name(),
                block -> block.add(decoder.tokens(block), decoder.positions(block)),
                block -> layer(block, attention, activation),
                block -> decoder.project(block, block.layerNorm("output_norm", block.input())));
    }

    private static Node layer(Block block, Attention attention, Op activation) {
        Node x = block.input();
        Node attended = block.attention(block.layerNorm("attn_norm", x), attention);
        Node middle = block.add(x, attended);
        return block.add(middle, block.plain(block.layerNorm("ffn_norm", middle), activation));
    }
}
