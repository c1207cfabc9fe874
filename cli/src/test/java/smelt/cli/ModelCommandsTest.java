package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.DType;
import smelt.formats.Metadata;
import smelt.formats.Tensor;
import smelt.formats.gguf.GgufWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Guards the command line: show and tokenize on small files. */
final class ModelCommandsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int smelt(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void tokenizesWithAVocabularyAlone() {
        String file = vocabulary().toString();

        assertThat(smelt("tokenize", file, "--text", "ab a", "--json")).isZero();

        JsonNode answer = JsonMapper.shared().readTree(out.toString());
        assertThat(answer.path("count").asInt()).isEqualTo(3);
        assertThat(answer.path("ids").toString()).isEqualTo("[3,2,0]");
        assertThat(answer.path("pieces").toString()).isEqualTo("[\"ab\",\"Ġ\",\"a\"]");
        assertThat(answer.path("text").asString()).isEqualTo("ab a");
    }

    @Test
    void turnsIdsBackIntoTextAndRefusesOthers() {
        String file = vocabulary().toString();

        assertThat(smelt("tokenize", file, "--tokens", "3,2,1")).isZero();
        assertThat(out.toString().strip()).isEqualTo("ab b");
        assertThat(smelt("tokenize", file, "--tokens", "99")).isEqualTo(1);
        assertThat(smelt("tokenize", file, "--tokens", "x")).isEqualTo(2);
        assertThat(smelt("tokenize", file)).isEqualTo(2);
        assertThat(smelt("tokenize", file, "--text", "a", "--tokens", "1")).isEqualTo(2);
        assertThat(smelt("tokenize", file, "--file", folder.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("outside the vocabulary", "There is no file");
    }

    @Test
    void readsTextFromAFile() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "a\u0001b");

        assertThat(smelt("tokenize", vocabulary().toString(), "--file", text.toString()))
                .isZero();
        assertThat(out.toString()).contains("\"a\"").doesNotContain("\u0001");
    }

    @Test
    void showsAModelThatIsNotKnownToRun() {
        assertThat(smelt("show", vocabulary().toString(), "--json")).isZero();

        JsonNode answer = JsonMapper.shared().readTree(out.toString());
        assertThat(answer.path("architecture").asString()).isEqualTo("marsupial");
        assertThat(answer.path("runs").asBoolean()).isFalse();
        assertThat(answer.path("why_not").asString()).contains("marsupial");
        assertThat(answer.path("context_length").asInt()).isEqualTo(64);
        assertThat(answer.path("vocabulary").asInt()).isEqualTo(4);
        assertThat(answer.path("types").path(0).path("type").asString()).isEqualTo("F32");
        assertThat(answer.path("memory").isNull()).isTrue();
    }

    @Test
    void showsForPeople() {
        String file = vocabulary().toString();

        assertThat(smelt("show", file, "--context", "1000")).isZero();
        assertThat(out.toString()).contains("smelt does not run it", "2 layers, 16 wide");
        assertThat(smelt("show", file, "--context", "0")).isEqualTo(2);
        assertThat(smelt("show", file, "--template")).isEqualTo(1);
    }

    @Test
    void hostileMetadataIsShownNotObeyed() {
        String file = write(Map.of(
                        "marsupial.block_count",
                        Long.MAX_VALUE,
                        "marsupial.attention.head_count",
                        List.of(),
                        "marsupial.context_length",
                        "many",
                        "marsupial.embedding_length",
                        -1L))
                .toString();

        assertThat(smelt("show", file)).isZero();
        assertThat(smelt("show", file, "--json")).isZero();
    }

    @Test
    void onlyWhatGeneratesTakesADraftModel() {
        String[][] lines = {
            {"embed", "m", "--text", "a"},
            {"rerank", "m", "--query", "q", "--text", "a"},
            {"score", "m", "--text", "a"}
        };
        for (String[] line : lines) {
            String[] drafted = Arrays.copyOf(line, line.length + 2);
            drafted[line.length] = "--draft";
            drafted[line.length + 1] = "d";
            assertThat(smelt(drafted)).as(line[0]).isEqualTo(2);
        }
    }

    private Path vocabulary() {
        return write(Map.of(
                "marsupial.block_count", 2L,
                "marsupial.attention.head_count", 2L,
                "marsupial.attention.head_count_kv", 1L,
                "marsupial.context_length", 64L,
                "marsupial.embedding_length", 16L));
    }

    private Path write(Map<String, Object> more) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "marsupial");
        values.putAll(more);
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.tokens", List.of("a", "b", "Ġ", "ab"));
        values.put("tokenizer.ggml.merges", List.of("a b"));
        values.put("tokenizer.ggml.token_type", new ArrayList<>(List.of(1L, 1L, 1L, 1L)));
        Tensor tensor =
                new Tensor("token_embd.weight", DType.F32, List.of(4L, 16L), MemorySegment.ofArray(new byte[256]));
        Path file = folder.resolve("vocabulary.gguf");
        GgufWriter.write(file, new Metadata(values), List.of(tensor));
        return file;
    }
}
