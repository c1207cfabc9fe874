package smelt.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.Failure;
import smelt.planner.catalogue.Precision;

/** Guards the planner's model shapes: parameters, bytes and operations are those that were published. */
final class CountsTest {
    private static final NumberFormats BF16 = NumberFormats.named("bf16");

    /** What the tensors of the published files add up to, without towers and layers that guess further tokens. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    llama-2-7b          | 6738415616
                    llama-2-13b         | 13015864320
                    llama-2-70b         | 68976648192
                    llama-3.1-8b        | 8030261248
                    llama-3.1-70b       | 70553706496
                    llama-3.1-405b      | 405853388800
                    llama-3.2-1b        | 1235814400
                    llama-3.2-3b        | 3212749824
                    tinyllama-1.1b      | 1100048384
                    yi-34b              | 34388917248
                    qwen2.5-0.5b        | 494032768
                    qwen2.5-1.5b        | 1543714304
                    qwen2.5-3b          | 3085938688
                    qwen2.5-7b          | 7615616512
                    qwen2.5-14b         | 14770033664
                    qwen2.5-32b         | 32763876352
                    qwen2.5-72b         | 72706203648
                    qwen3-0.6b          | 596049920
                    qwen3-1.7b          | 1720574976
                    qwen3-4b            | 4022468096
                    qwen3-8b            | 8190735360
                    qwen3-14b           | 14768307200
                    qwen3-32b           | 32762123264
                    qwen3-30b-a3b       | 30532122624
                    qwen3-235b-a22b     | 235093634560
                    qwen3-coder-480b-a35b | 480154875392
                    mistral-7b          | 7248023552
                    mistral-7b-v0.1     | 7241732096
                    mistral-nemo-12b    | 12247782400
                    mistral-small-24b   | 23572403200
                    mistral-large-123b  | 122610069504
                    codestral-22b       | 22247282688
                    mixtral-8x7b        | 46702792704
                    gemma-2-2b          | 2614341888
                    gemma-2-9b          | 9241705984
                    gemma-2-27b         | 27227128320
                    gemma-3-1b          | 999885952
                    phi-3-mini          | 3821079552
                    phi-3-medium        | 13960238080
                    phi-3.5-moe         | 41873153344
                    phi-4               | 14659507200
                    phi-4-mini          | 3836021760
                    olmo-2-7b           | 7298617344
                    olmo-2-13b          | 13716198400
                    olmo-2-32b          | 32234279936
                    olmoe-1b-7b         | 6919161856
                    deepseek-v2         | 235741434880
                    deepseek-v2-lite    | 15706484224
                    deepseek-v3         | 671026419200
                    gpt-oss-20b         | 20914757184
                    gpt-oss-120b        | 116829156672
                    smollm2-135m        | 134515008
                    smollm2-360m        | 361821120
                    smollm2-1.7b        | 1711376384
                    smollm3-3b          | 3075098624
                    seed-oss-36b        | 36151104512
                    bloom-176b          | 176247271424
                    """)
    void parametersAreThoseOfThePublishedTensors(String name, long parameters) {
        assertThat(Counts.parameters(ModelCatalogue.named(name))).isEqualTo(parameters);
    }

    /** What the names of mixtures promise, in billions, embedding and head included. */
    @ParameterizedTest
    @CsvSource({
        "qwen3-30b-a3b, 30.5, 3.35",
        "qwen3-235b-a22b, 235.1, 22.2",
        "qwen3.5-397b-a17b, 396.3, 17.35",
        "qwen3.5-122b-a10b, 122.1, 9.8",
        "qwen3.5-35b-a3b, 34.7, 3.45",
        "qwen3-next-80b-a3b, 79.7, 3.9",
        "deepseek-r1, 671.0, 37.6",
        "kimi-k2.5, 1026.4, 32.9",
        "glm-4.5, 352.8, 33.6",
        "glm-4.5-air, 106.9, 13.4",
        "glm-5, 743.9, 41.8",
        "minimax-m2.5, 228.7, 11.0",
        "llama-4-scout, 107.8, 17.2",
        "llama-4-maverick, 400.7, 17.2",
        "mixtral-8x22b, 140.6, 39.2"
    })
    void mixturesAreAsLargeAsTheirNamesPromise(String name, double all, double active) {
        ModelShape shape = ModelCatalogue.named(name);
        assertThat(Counts.parameters(shape) / 1e9).isCloseTo(all, withinPercentage(0.5));
        assertThat(Counts.activeParameters(shape) / 1e9).isCloseTo(active, withinPercentage(2));
    }

    /** Keys and values of one token in bf16: 2 x 2 x heads x size x layers, or compressed rows. */
    @ParameterizedTest
    @CsvSource({
        "llama-3.1-8b, 131072",
        "llama-3.1-70b, 327680",
        "llama-3.1-405b, 516096",
        "qwen3-32b, 262144",
        "deepseek-v3, 70272",
        "kimi-k2.5, 70272",
        "qwen3.5-397b-a17b, 30720",
        "gpt-oss-120b, 73728"
    })
    void keysAndValuesTakeWhatTheHeadsSay(String name, double bytes) {
        assertThat(Counts.kvBytesPerToken(ModelCatalogue.named(name), BF16, 0)).isEqualTo(bytes);
    }

    @Test
    void aFullWindowTakesNoMore() {
        ModelShape gptOss = ModelCatalogue.named("gpt-oss-120b");
        assertThat(Counts.kvBytesPerToken(gptOss, BF16, 127)).isEqualTo(73728);
        assertThat(Counts.kvBytesPerToken(gptOss, BF16, 128)).isEqualTo(73728 / 2);
        assertThat(Counts.kvBytes(gptOss, BF16, 1000)).isEqualTo(73728 / 2 * (1000.0 + 128));
        ModelShape gemma = ModelCatalogue.named("gemma-3-27b");
        assertThat(Counts.kvBytesPerToken(gemma, BF16, 4000))
                .isEqualTo(10 * Counts.kvBytesPerToken(gemma, BF16, 0) / 62);
    }

    /** The main layers of Llama 3.1 70B as fp8, the ends in bf16; gpt-oss as its own card says: 60.8 GiB. */
    @Test
    void weightsTakeTheirBits() {
        ModelShape llama = ModelCatalogue.named("llama-3.1-70b");
        long ends = 2L * 128_256 * 8192;
        long vectors = 8192 * (2 * 80 + 1);
        assertThat(Counts.weightBytes(llama, BF16)).isEqualTo(2 * Counts.parameters(llama));
        assertThat(Counts.weightBytes(llama, NumberFormats.named("fp8")))
                .isEqualTo(Counts.parameters(llama) + ends + vectors);
        ModelShape gptOss = ModelCatalogue.named("gpt-oss-120b");
        double gib = Counts.weightBytes(gptOss, NumberFormats.served(gptOss, "fp4", "nvfp4", "nvfp4")) / 0x1p30;
        assertThat(gib).isCloseTo(60.8, withinPercentage(0.5));
    }

    /** Files of Llama 3.1 8B, in GB. */
    @ParameterizedTest
    @CsvSource({
        "q2_k, 3.18",
        "q3_k_m, 4.02",
        "q4_0, 4.66",
        "q4_k_s, 4.69",
        "q4_k_m, 4.92",
        "q5_k_m, 5.73",
        "q6_k, 6.60",
        "q8_0, 8.54",
        "f16, 16.07"
    })
    void mixesOfGgufFilesAreAsLargeAsTheFiles(String name, double gigabytes) {
        ModelShape llama = ModelCatalogue.named("llama-3.1-8b");
        assertThat(Counts.weightBytes(llama, NumberFormats.named(name)) / 1e9)
                .isCloseTo(gigabytes, withinPercentage(1));
    }

    @Test
    void checkpointsKeepPartsWide() {
        ModelShape kimi = ModelCatalogue.named("moonshotai/Kimi-K2.5");
        NumberFormats int4 = NumberFormats.served(kimi, "int4", "int4_wo", "int4_wo");
        assertThat(int4.weights().bitsPerWeight()).isEqualTo(16);
        assertThat(int4.expertWeights().bitsPerWeight()).isEqualTo(4.5);
        // 594 GB is what the files of the published int4 checkpoint take.
        assertThat(Counts.weightBytes(kimi, int4) / 1e9).isCloseTo(594, withinPercentage(1));
        ModelShape deepSeek = ModelCatalogue.named("nvidia/DeepSeek-R1-NVFP4");
        NumberFormats fp4 = NumberFormats.served(deepSeek, "fp4", "nvfp4", "nvfp4");
        assertThat(fp4.weights().bitsPerWeight()).isEqualTo(16);
        assertThat(fp4.feedForward().bitsPerWeight()).isEqualTo(4.5);
        assertThat(NumberFormats.served(ModelCatalogue.named("qwen3-32b"), "", "", "")
                        .arithmetic())
                .isEqualTo(Precision.BF16);
    }

    @Test
    void unknownNamesAreAnsweredWithTheNearest() {
        assertThatThrownBy(() -> ModelCatalogue.named("llama-3.1-71b"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("llama-3.1-70b");
        assertThatThrownBy(() -> NumberFormats.named("q4_k_x"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("q4_k_m");
        assertThatThrownBy(() -> ModelCatalogue.named("")).isInstanceOf(Failure.class);
    }

    @Test
    void namesOfPeopleAreFound() {
        assertThat(ModelCatalogue.named("meta-llama/Llama-3.1-70B").name()).isEqualTo("llama-3.1-70b");
        assertThat(ModelCatalogue.named("nvidia/Llama-3.1-8B-Instruct-FP8").name())
                .isEqualTo("llama-3.1-8b");
        assertThat(ModelCatalogue.named("zhipuai/GLM-5").name()).isEqualTo("glm-5");
        assertThat(ModelCatalogue.named("nvidia/DeepSeek-V3.1-NVFP4").name()).isEqualTo("deepseek-v3");
        assertThat(ModelCatalogue.named("Llama 3.3 70B Instruct AWQ").name()).isEqualTo("llama-3.3-70b");
        assertThat(ModelCatalogue.named("nvidia/DeepSeek-R1-0528-NVFP4-v2").name())
                .isEqualTo("deepseek-r1");
        assertThat(ModelCatalogue.named("amd/Llama-3.1-405B-Instruct-FP8-KV").name())
                .isEqualTo("llama-3.1-405b");
        assertThat(ModelCatalogue.named("Qwen/Qwen3-32B-0101").name()).isEqualTo("qwen3-32b");
        assertThat(ModelCatalogue.named("llama3.1:8b").name()).isEqualTo("llama-3.1-8b");
        assertThat(ModelCatalogue.names()).hasSizeGreaterThan(80).doesNotHaveDuplicates();
    }

    @Test
    void aPlacedModelTakesItsShareAndCopiesWhatCannotBeShared() {
        ModelShape llama = ModelCatalogue.named("llama-3.1-405b");
        NumberFormats bf16 = BF16;
        Placement alone = Placement.of(llama, bf16, Placement.Split.none());
        assertThat((double) alone.weightBytes()).isCloseTo(Counts.weightBytes(llama, bf16), withinPercentage(1e-6));
        Placement four = Placement.of(llama, bf16, new Placement.Split(4, 1, 4, 1));
        assertThat(four.weightBytes()).as("405B does not fit four H100").isGreaterThan(80L << 30);
        // Sixteen devices share eight KV heads: each has one whole.
        Placement sixteen = Placement.of(llama, bf16, new Placement.Split(16, 1, 16, 1));
        assertThat(sixteen.kvBytesPerToken()).isEqualTo(alone.kvBytesPerToken() / 8);
        ModelShape deepSeek = ModelCatalogue.named("deepseek-v3");
        NumberFormats fp8 = NumberFormats.named("fp8");
        Placement latent = Placement.of(deepSeek, fp8, new Placement.Split(8, 1, 1, 8));
        assertThat(latent.kvBytesPerToken()).isEqualTo(Counts.kvBytesPerToken(deepSeek, fp8, 0));
        assertThat(8.0 * latent.weightBytes())
                .isBetween(1.0 * Counts.weightBytes(deepSeek, fp8), 1.02 * Counts.weightBytes(deepSeek, fp8));
        assertThatThrownBy(() -> Placement.of(llama, bf16, new Placement.Split(1, 127, 1, 1)))
                .isInstanceOf(Failure.class);
    }
}
