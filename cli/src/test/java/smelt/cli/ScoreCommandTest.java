package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Guards cli/: what {@code smelt score} tells, on a model whose every row is known. */
final class ScoreCommandTest {
    /** Sums over the vocabulary are f32: see {@link smelt.engine.LogProbs}. */
    private static final double PRECISION = 1e-7;

    /** ln of e^20 + e^10 + 255: the scripted model's rows. */
    private static final double NORM = Math.log(Math.exp(20) + Math.exp(10) + 255);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int score(ScriptedModel model, String... args) {
        return new CommandLine(new ScoreCommand(model))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .setParameterExceptionHandler(Complaints::aboutUsage)
                .setExecutionExceptionHandler(Complaints::aboutFailure)
                .execute(args);
    }

    @Test
    void tellsEveryToken() {
        assertThat(score(ScriptedModel.answering("a"), "m", "--text", "aab", "--top", "2", "--json"))
                .isZero();
        JsonNode json = Json.tree(out.toString());
        assertThat(json.path("model").asString()).isEqualTo("m");
        JsonNode tokens = json.path("tokens");
        assertThat(tokens.size()).isEqualTo(3);
        assertThat(tokens.get(0).path("logprob").isNull()).isTrue();
        assertThat(tokens.get(0).path("top").size()).isZero();
        assertThat(tokens.get(1).path("id").asInt()).isEqualTo('a');
        assertThat(tokens.get(1).path("text").asString()).isEqualTo("a");
        assertThat(tokens.get(1).path("logprob").asDouble()).isCloseTo(20 - NORM, within(PRECISION));
        assertThat(tokens.get(2).path("logprob").asDouble()).isCloseTo(10 - NORM, within(PRECISION));
        assertThat(tokens.get(2).path("top").get(0).path("text").asString()).isEqualTo("a");
        assertThat(tokens.get(2).path("top").get(1).path("logprob").asDouble()).isCloseTo(10 - NORM, within(PRECISION));
        double nll = NORM - 15;
        assertThat(json.path("mean_nll").asDouble()).isCloseTo(nll, within(PRECISION));
        assertThat(json.path("perplexity").asDouble()).isCloseTo(Math.exp(nll), within(1e-6));
        assertThat(json.path("next").size()).isEqualTo(2);
    }

    @Test
    void aTextBeyondTheContextIsPointedToWindows() {
        var small = new ScriptedModel("a", 32, true, true);
        assertThat(score(small, "m", "--text", "a".repeat(40))).isEqualTo(1);
        assertThat(score(small, "m", "--text", "a".repeat(40), "--window", "33"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("The text has 40 tokens, the context holds 32", "--window 32");
        assertThat(score(small, "m", "--text", "a".repeat(40), "--window", "32"))
                .isZero();
    }

    @Test
    void idsDoWithoutATokenizer() {
        var model = new ScriptedModel("a", 4096, false, false);
        assertThat(score(model, "m", "--tokens", "97,97", "--json")).isZero();
        JsonNode json = Json.tree(out.toString());
        assertThat(json.path("tokens").get(1).path("text").isNull()).isTrue();
        assertThat(json.path("tokens").get(1).path("top").size()).isEqualTo(5);
        assertThat(score(model, "m", "--text", "aa")).isEqualTo(1);
        assertThat(err.toString()).contains("no tokenizer");
    }

    @Test
    void oneTokenHasNoPerplexity() {
        assertThat(score(ScriptedModel.answering("a"), "m", "--tokens", "97", "--json"))
                .isZero();
        JsonNode json = Json.tree(out.toString());
        assertThat(json.path("mean_nll").isNull()).isTrue();
        assertThat(json.path("perplexity").isNull()).isTrue();
    }

    @Test
    void windowsAreScoredEachForItself(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("text"), "aaaaa");
        assertThat(score(ScriptedModel.answering("a"), "m", "--file", file.toString(), "--window", "2", "--json"))
                .isZero();
        JsonNode tokens = Json.tree(out.toString()).path("tokens");
        for (int i = 0; i < 5; i++) {
            assertThat(tokens.get(i).path("logprob").isNull()).isEqualTo(i % 2 == 0);
        }
    }

    @Test
    void aPersonGetsATable() {
        assertThat(score(ScriptedModel.answering("a"), "m", "--text", "a\na")).isZero();
        assertThat(out.toString()).contains("'\\n'").contains("perplexity");
    }

    @Test
    void wrongUsageIsTold() {
        var model = ScriptedModel.answering("a");
        assertThat(score(model, "m")).isEqualTo(2);
        assertThat(score(model, "m", "--text", "a", "--tokens", "1")).isEqualTo(2);
        assertThat(score(model, "m", "--text", "a", "--window", "1")).isEqualTo(2);
        assertThat(score(model, "m", "--file", "/does/not/exist")).isEqualTo(1);
        assertThat(score(model, "m", "--text", "")).isEqualTo(1);
        assertThat(score(model, "m", "--tokens", "1,99999")).isEqualTo(1);
        assertThat(err.toString()).contains("99999").contains("position 1");
    }
}
