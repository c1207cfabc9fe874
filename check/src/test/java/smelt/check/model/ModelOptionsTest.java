package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.cli.Main;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Guards, through the command line, what commands do with a model beside answering: vectors, caches, plans. */
class ModelOptionsTest {
    private static final String TEXT_MODEL = "src/test/resources/training-model/model.gguf";

    @TempDir
    private Path temporary = Path.of("");

    /** How a command ended and what it said. */
    private record Run(int code, String out, String err) {
        JsonNode json() {
            return new ObjectMapper().readTree(out);
        }
    }

    private static Run smelt(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    private static Run succeeds(String... arguments) {
        Run run = smelt(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private static String model(String name) {
        return TinyModel.FOLDER.resolve(name).toString();
    }

    private static double[] numbers(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    @Test
    void embedsIdsAsTransformersDoes() throws IOException {
        JsonNode golden = new ObjectMapper()
                .readTree(Files.readString(TinyModel.FOLDER.resolve("bert").resolve("reference.json")));
        String ids = golden.get("prompt").valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
        double[] expected = numbers(golden.get("embedding"));

        JsonNode raw = succeeds("embed", model("bert"), "--tokens", ids, "--raw", "--json")
                .json();
        JsonNode found = raw.get("embeddings").get(0);
        assertThat(raw.get("dimensions").asInt()).isEqualTo(expected.length);
        assertThat(found.get("tokens").asInt()).isEqualTo(golden.get("prompt").size());
        assertThat(numbers(found.get("embedding")))
                .usingComparatorWithPrecision(2e-3)
                .containsExactly(expected);

        String line = succeeds("embed", model("bert"), "--tokens", ids).out();
        double squares = Arrays.stream(line.strip().split(" "))
                .mapToDouble(Double::parseDouble)
                .map(x -> x * x)
                .sum();
        assertThat(squares).isCloseTo(1, within(1e-4));
    }

    @Test
    void embedsEachTextTheSameAloneAndBesideOthers() throws IOException {
        Path lines = Files.writeString(temporary.resolve("lines"), "a cat\na much longer text about dogs\na cat\n");
        JsonNode all = succeeds("embed", TEXT_MODEL, "--pooling", "mean", "--file", lines.toString(), "--json")
                .json()
                .get("embeddings");
        JsonNode alone = succeeds("embed", TEXT_MODEL, "--pooling", "mean", "--text", "a cat", "--json")
                .json()
                .get("embeddings");
        assertThat(all).hasSize(3);
        assertThat(all.get(2).get("embedding")).isEqualTo(all.get(0).get("embedding"));
        assertThat(alone.get(0).get("embedding")).isEqualTo(all.get(0).get("embedding"));
        assertThat(all.get(1).get("embedding")).isNotEqualTo(all.get(0).get("embedding"));
    }

    @Test
    void whatCannotBeEmbeddedIsTold() {
        assertThat(smelt("embed", TEXT_MODEL, "--text", "a")).satisfies(run -> {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("names no pooling", "mean or last");
        });
        assertThat(smelt("embed", model("bert"), "--text", "a").err()).contains("has no tokenizer");
        assertThat(smelt("embed", model("bert"), "--tokens", "1,5000").code()).isEqualTo(1);
        assertThat(smelt("embed", model("bert")).code()).isEqualTo(2);
        String tooLong = "1" + ",1".repeat(5000);
        assertThat(smelt("embed", model("bert"), "--tokens", tooLong).err()).contains("shorten it");
    }

    @Test
    void aPrefixCacheIsKeptAndChangesNothing() throws IOException {
        Path file = temporary.resolve("cache");
        String[] run = {
            "run",
            model("llama"),
            "--tokens",
            "5" + ",6,7".repeat(40),
            "-n",
            "8",
            "--temperature",
            "0",
            "--stats",
            "--prefix-cache",
            file.toString()
        };
        Run first = succeeds(run);
        assertThat(file).isNotEmptyFile();
        Run second = succeeds(run);
        assertThat(second.out()).isEqualTo(first.out()).isNotBlank();
        assertThat(first.err()).doesNotContain(" known)");
        assertThat(second.err()).contains(" known)");

        List<String> compact = new ArrayList<>(List.of(run));
        compact.addAll(List.of("--kv", "q8"));
        Run other = smelt(compact.toArray(String[]::new));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("KV blocks differ", "S8", "name another file for --prefix-cache");

        Files.writeString(file, "damaged");
        assertThat(smelt(run).code()).isEqualTo(1);
    }

    @Test
    void showPlansAsRunDoes() {
        JsonNode usual = succeeds("show", model("llama"), "--json").json().get("memory");
        assertThat(usual.get("context").asInt()).isEqualTo(1024);
        assertThat(usual.get("kv").asString()).isEqualTo("f16");
        assertThat(usual.get("total").asLong())
                .isEqualTo(usual.get("weights").asLong()
                        + usual.get("key_value").asLong()
                        + usual.get("work").asLong());
        JsonNode compact = succeeds("show", model("llama"), "--kv", "q8", "--context", "2048", "--json")
                .json()
                .get("memory");
        // f32 weights: f32 keys and values; int8 ones have a scale of 2 bytes for each 16 columns
        assertThat(compact.get("key_value").asLong())
                .isEqualTo(2 * usual.get("key_value").asLong() * 18 / 64);
        assertThat(succeeds("show", model("llama")).out()).contains("for 1,024 tokens in f16", " to work = ");
    }

    @Test
    void aModelOfLearnedPositionsHasNoLongerContext() {
        Run longer = succeeds("run", model("gpt2"), "--tokens", "1,2,3", "-n", "4", "--context", "4096");
        assertThat(longer.err()).contains("has learned 128 positions");
        assertThat(smelt("run", model("gpt2"), "--tokens", "1" + ",2".repeat(200), "--context", "4096"))
                .satisfies(run -> {
                    assertThat(run.code()).isEqualTo(1);
                    assertThat(run.err()).contains("128");
                });
    }
}
