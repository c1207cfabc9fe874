package smelt.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.formats.ModelFile.Format;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;
import smelt.graph.Section.Stored;
import smelt.graph.Type;

/** The room {@code models}: names to slots, sharing of layers, and what it says of files that do not fit. */
class ModelsTest {
    private static final Models.Options OWN = Models.Options.defaults();

    /** 4 layers of width 64, 4 heads over 2 key heads, a vocabulary of 100. */
    private static FakeModel ggufLlama() {
        FakeModel model = new FakeModel(Format.GGUF)
                .with("general.architecture", "llama")
                .with("llama.block_count", 4)
                .with("llama.context_length", 2048)
                .with("llama.embedding_length", 64)
                .with("llama.feed_forward_length", 96)
                .with("llama.attention.head_count", 4)
                .with("llama.attention.head_count_kv", 2)
                .with("llama.attention.layer_norm_rms_epsilon", 1e-5)
                .with("llama.rope.freq_base", 100_000.0)
                .tensor("token_embd.weight", DType.Q8_0, 100, 64)
                .tensor("output_norm.weight", DType.F32, 64);
        for (int layer = 0; layer < 4; layer++) {
            String prefix = "blk." + layer + ".";
            model.tensor(prefix + "attn_norm.weight", DType.F32, 64)
                    .tensor(prefix + "attn_q.weight", DType.Q4_1, 64, 64)
                    .tensor(prefix + "attn_k.weight", DType.Q4_1, 32, 64)
                    .tensor(prefix + "attn_v.weight", DType.Q4_1, 32, 64)
                    .tensor(prefix + "attn_output.weight", DType.Q4_1, 64, 64)
                    .tensor(prefix + "ffn_norm.weight", DType.F32, 64)
                    .tensor(prefix + "ffn_gate.weight", DType.Q4_1, 96, 64)
                    .tensor(prefix + "ffn_up.weight", DType.Q4_1, 96, 64)
                    .tensor(prefix + "ffn_down.weight", DType.Q4_1, 64, 96);
        }
        return model;
    }

    @Test
    void equalLayersAreOneNode() {
        ModelGraph graph = Models.build(ggufLlama(), OWN);
        assertThat(graph.layers()).hasSize(4);
        assertThat(graph.layers().stream().map(Section::output).distinct()).hasSize(1);
        assertThat(graph.layers().get(3).weights())
                .containsEntry("attn_q.weight", new Stored(List.of("blk.3.attn_q.weight"), false));
    }

    @Test
    void layerWithAnotherTypeIsAnotherNode() {
        FakeModel model = ggufLlama().tensor("blk.2.ffn_down.weight", DType.Q6_K, 64, 96);
        ModelGraph graph = Models.build(model, OWN);
        assertThat(graph.layers().stream().map(Section::output).distinct()).hasSize(2);
    }

    @Test
    void typeOfVectorsInTheFileMakesNoDifference() {
        FakeModel model = ggufLlama().tensor("blk.2.ffn_norm.weight", DType.BF16, 64);
        ModelGraph graph = Models.build(model, OWN);
        assertThat(graph.layers().stream().map(Section::output).distinct()).hasSize(1);
    }

    @Test
    void ggufLlamaRotatesNeighboursAtItsOwnBase() {
        Attr.Rope rope = rope(ggufLlama());
        assertThat(rope.pairing()).isEqualTo(Attr.Rope.Pairing.ADJACENT);
        assertThat(rope.inverseFrequencies()).hasSize(8);
        assertThat(rope.inverseFrequencies().get(1)).isEqualTo(1 / StrictMath.pow(100_000, 2.0 / 16));
    }

    @Test
    void headIsTiedWhereTheFileHasNone() {
        ModelGraph tied = Models.build(ggufLlama(), OWN);
        assertThat(tied.head().weights().get("output.weight"))
                .isEqualTo(new Stored(List.of("token_embd.weight"), false));
        assertThat(tied.head().output().input(1).type()).isEqualTo(new Type.Weight(DType.Q8_0, 1, 100, 64));
        ModelGraph untied = Models.build(ggufLlama().tensor("output.weight", DType.Q6_K, 100, 64), OWN);
        assertThat(untied.head().output().input(1).type()).isEqualTo(new Type.Weight(DType.Q6_K, 1, 100, 64));
        assertThat(untied.info().vocabulary()).isEqualTo(100);
    }

    @Test
    void factorTensorDividesFrequencies() {
        FakeModel model = ggufLlama().tensor("rope_freqs.weight", 1, 1, 2, 4, 8, 8, 8, 8);
        Attr.Rope plain = rope(ggufLlama());
        Attr.Rope divided = rope(model);
        assertThat(divided.inverseFrequencies().get(3))
                .isEqualTo(plain.inverseFrequencies().get(3) / 4);
        assertThat(divided.inverseFrequencies().get(0)).isEqualTo(1);
    }

    @Test
    void biasIsUsedWhereTheFileHasOne() {
        FakeModel model = ggufLlama();
        for (int layer = 0; layer < 4; layer++) {
            model.tensor("blk." + layer + ".attn_q.bias", DType.F32, 64);
        }
        ModelGraph graph = Models.build(model, OWN);
        assertThat(graph.layers().getFirst().weights()).containsKey("attn_q.bias");
        assertThat(graph.layers().stream().map(Section::output).distinct()).hasSize(1);
    }

    @Test
    void unknownArchitectureNamesTheNearest() {
        failure(ggufLlama().with("general.architecture", "lama"), FailureCode.UNSUPPORTED, "'lama'", "'llama'");
    }

    @Test
    void missingTensorIsNamedWithItsShape() {
        failure(ggufLlama().without("blk.1.attn_k.weight"), FailureCode.NOT_FOUND, "blk.1.attn_k.weight", "[32, 64]");
    }

    @Test
    void wrongShapeIsNamedBothWays() {
        failure(
                ggufLlama().tensor("blk.1.attn_k.weight", DType.Q4_1, 64, 64),
                FailureCode.MALFORMED,
                "blk.1.attn_k.weight",
                "[32, 64]",
                "[64, 64]");
    }

    @Test
    void integerTensorIsNoWeight() {
        failure(
                ggufLlama().tensor("blk.1.attn_k.weight", DType.I8, 32, 64),
                FailureCode.UNSUPPORTED,
                "blk.1.attn_k.weight",
                "I8");
    }

    @Test
    void unusedTensorIsNamedWithTheNearest() {
        FakeModel model = ggufLlama().tensor("blk.1.attn_qq.weight", DType.F32, 64, 64);
        failure(model, FailureCode.UNSUPPORTED, "blk.1.attn_qq.weight", "'blk.1.attn_q.weight'");
    }

    @Test
    void knownBuffersAreIgnored() {
        FakeModel model = ggufLlama().tensor("blk.0.attn_rot_embd.weight", DType.F32, 8);
        assertThat(Models.build(model, OWN).layers()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "llama.block_count, 0",
        "llama.block_count, 2000000",
        "llama.block_count, -1",
        "llama.attention.head_count, 0",
        "llama.attention.head_count, 3",
        "llama.attention.head_count, 1000000",
        "llama.attention.head_count_kv, 3",
        "llama.attention.head_count_kv, 0",
        "llama.attention.head_count_kv, -9223372036854775808",
        "llama.attention.key_length, 999999",
        "llama.attention.value_length, 9223372036854775807",
        "llama.rope.dimension_count, 3",
        "llama.rope.dimension_count, 18",
        "llama.rope.dimension_count, 1000000",
        "llama.embedding_length, 1000001",
        "llama.embedding_length, 63",
        "llama.feed_forward_length, 0",
        "llama.context_length, 0",
        "llama.rope.freq_base, 0",
        "llama.attention.layer_norm_rms_epsilon, 0",
    })
    void absurdSizesFail(String key, long value) {
        assertThatThrownBy(() -> Models.build(ggufLlama().with(key, value), OWN))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.MALFORMED));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-1", "-0.0"})
    void absurdNumbersFail(double value) {
        failure(ggufLlama().with("llama.rope.freq_base", value), FailureCode.MALFORMED, "llama.rope.freq_base");
    }

    @Test
    void wrongTypeOfKeyFails() {
        failure(ggufLlama().with("llama.block_count", "four"), FailureCode.MALFORMED, "llama.block_count");
    }

    @Test
    void everyRequiredKeyIsNamedWhenMissing() {
        for (String key : List.of(
                "general.architecture",
                "llama.block_count",
                "llama.context_length",
                "llama.embedding_length",
                "llama.attention.head_count",
                "llama.attention.layer_norm_rms_epsilon")) {
            failure(ggufLlama().without(key), FailureCode.NOT_FOUND, key);
        }
    }

    /** The larger sizes come with a vision part, the text part's configuration and tensors one level deeper. */
    @Test
    void gemmaThreeWithVisionIsReadForItsText() {
        FakeModel text = TinyModels.copy("gemma3");
        FakeModel whole = new FakeModel(Format.SAFETENSORS).with("model_type", "gemma3");
        text.metadata().values().forEach((key, value) -> whole.with("text_config." + key, value));
        text.tensors()
                .values()
                .forEach(tensor -> whole.tensor(
                        "language_model." + tensor.name(),
                        tensor.type(),
                        tensor.shape().stream().mapToLong(Long::longValue).toArray()));
        whole.tensor("vision_tower.vision_model.post_layernorm.weight", DType.F32, 8)
                .tensor("multi_modal_projector.mm_soft_emb_norm.weight", DType.F32, 8);
        ModelGraph expected = Models.build(TinyModels.copy("gemma3"), OWN);
        ModelGraph actual = Models.build(whole, OWN);
        assertThat(actual.layers().getFirst().output().key())
                .isEqualTo(expected.layers().getFirst().output().key());
        assertThat(actual.layers().getFirst().weights().get("attn_q.weight"))
                .isEqualTo(new Stored(List.of("language_model.model.layers.0.self_attn.q_proj.weight"), false));
    }

    /** The keys that gemma-3-4b-it's config.json has. */
    @Test
    void gemmaThreeMayLeaveKeysOut() {
        FakeModel model = new FakeModel(Format.SAFETENSORS)
                .with("model_type", "gemma3")
                .with("text_config.hidden_size", 2560)
                .with("text_config.intermediate_size", 10240)
                .with("text_config.num_hidden_layers", 34)
                .with("text_config.rope_scaling.factor", 8.0)
                .with("text_config.rope_scaling.rope_type", "linear")
                .with("text_config.sliding_window", 1024)
                .tensor("language_model.model.embed_tokens.weight", DType.BF16, 262_208, 2560);
        failure(model, FailureCode.NOT_FOUND, "model.layers.0.input_layernorm.weight", "[2560]");
    }

    @Test
    void bertPoolsAsItsFolderSays() {
        assertThat(Models.build(TinyModels.copy("bert"), OWN).info().pooling()).isEqualTo(ModelGraph.Pooling.MEAN);
        FakeModel first = TinyModels.copy("bert").with("1_Pooling.pooling_mode_cls_token", true);
        assertThat(Models.build(first, OWN).info().pooling()).isEqualTo(ModelGraph.Pooling.FIRST);
    }

    @Test
    void expertsOfOneMixtureHaveOneType() {
        String odd = "model.layers.0.block_sparse_moe.experts.2.w1.weight";
        FakeModel model = TinyModels.copy("mixtral").tensor(odd, DType.BF16, 16, 32);
        failure(model, FailureCode.UNSUPPORTED, odd, "BF16", "F32");
    }

    @Test
    void moreExpertsUsedThanThereAreFail() {
        failure(TinyModels.copy("mixtral").with("num_experts_per_tok", 5), FailureCode.MALFORMED, "5", "4");
    }

    @Test
    void familiesHaveNamesOfTheirOwn() {
        assertThat(Models.families()).doesNotHaveDuplicates().contains("llama", "mistral", "qwen3", "gemma3", "phi3");
    }

    private static void failure(FakeModel model, FailureCode code, String... texts) {
        assertThatThrownBy(() -> Models.build(model, OWN)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.toString()).contains(texts);
        });
    }

    private static Attr.Rope rope(FakeModel model) {
        Node layer = Models.build(model, OWN).layers().getFirst().output();
        return TinyModels.find(layer, Op.ROPE).attr(Attr.Rope.class);
    }
}
