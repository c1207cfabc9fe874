package smelt.planner.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards the planner's model shapes: parameters, bytes and operations are those that were published. */
final class CountsTest {
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
}
