package smelt.planner.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.base.Failure;
import smelt.planner.catalogue.Precision;

/** Guards the planner's model shapes: parameters, bytes and operations are those that were published. */
final class CountsTest {
    private static final String PUBLISHED = "/smelt/planner/model/published-counts.csv";
    private static final NumberFormats BF16 = NumberFormats.named("bf16");

    /** The folder's README says where the sums come from, and what of them the planner leaves out. */
    @ParameterizedTest
    @CsvFileSource(resources = PUBLISHED, numLinesToSkip = 1)
    void parametersAreThoseOfThePublishedTensors(
            String name, long published, int guessing, int embeddings, long tower, double percent) {
        ModelShape shape = ModelCatalogue.named(name);
        long besides = guessing * guessingLayer(shape) + embeddings * Counts.embedding(shape) + tower;
        assertThat(Counts.parameters(shape) + besides).isCloseTo(published, withinPercentage(percent));
    }

    /** A layer like the last one, the matrix that joins token and state before it, and three norms. */
    private static long guessingLayer(ModelShape shape) {
        long hidden = shape.hidden();
        LayerGroup last = shape.layers().getLast();
        return Counts.layer(shape, last).total() + 2 * hidden * hidden + 3 * hidden;
    }

    /** Some makers count embedding and head as active, some do not. */
    @ParameterizedTest
    @CsvFileSource(resources = PUBLISHED, numLinesToSkip = 1)
    void activeParametersAreThoseOfTheNames(ArgumentsAccessor row) {
        ModelShape shape = ModelCatalogue.named(Objects.requireNonNull(row.getString(0)));
        String billions = row.getString(6);
        long counted = Counts.activeParameters(shape);
        if (billions == null) {
            assertThat(counted).as("dense").isEqualTo(Counts.parameters(shape));
            return;
        }
        BigDecimal active = new BigDecimal(billions);
        double rounding = active.ulp().doubleValue() / 2;
        long ends = Counts.embedding(shape) * (shape.tiedEmbedding() ? 1 : 2);
        assertThat(active.doubleValue()).isBetween((counted - ends) / 1e9 - rounding, counted / 1e9 + rounding);
    }

    @Test
    void everyModelIsCompared() throws IOException {
        try (InputStream file = CountsTest.class.getResourceAsStream(PUBLISHED)) {
            List<String> names = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.substring(0, line.indexOf(',')))
                    .toList();
            assertThat(names).isEqualTo(ModelCatalogue.names());
        }
    }

    /** Each alias leads to its own entry: none is taken by an earlier one. */
    @Test
    void namesAreThoseOfOneModel() {
        assertThat(ModelCatalogue.named("Qwen/Qwen3-30B-A3B-Instruct-2507").contextLength())
                .isEqualTo(262_144);
        assertThat(ModelCatalogue.named("Qwen/Qwen3-30B-A3B").contextLength()).isEqualTo(40_960);
        assertThat(ModelCatalogue.named("moonshotai/Kimi-K2-Instruct").contextLength())
                .isEqualTo(131_072);
        assertThat(ModelCatalogue.named("moonshotai/Kimi-K2-Thinking").name()).isEqualTo("kimi-k2-0905");
        assertThat(ModelCatalogue.named("moonshotai/Kimi-K2.6").name()).isEqualTo("kimi-k2.5");
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
