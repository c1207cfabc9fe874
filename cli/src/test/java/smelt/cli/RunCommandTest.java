package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Guards cli/: what {@code smelt run} prints where, on a model that answers by script. */
final class RunCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private InputStream in = InputStream.nullInputStream();

    private int run(ScriptedModel model, String... args) {
        return run(model, new PrintWriter(out), args);
    }

    private int run(ModelSource model, PrintWriter writer, String... args) {
        RunCommand command = new RunCommand(model, new Console(in, false, false));
        return new CommandLine(command)
                .setOut(writer)
                .setErr(new PrintWriter(err, true))
                .setParameterExceptionHandler(Complaints::aboutUsage)
                .setExecutionExceptionHandler(Complaints::aboutFailure)
                .execute(args);
    }

    @Test
    void printsTheAnswerAlone() {
        var model = ScriptedModel.answering("Tökyo 😀.");
        assertThat(run(model, "m", "What", "is it?", "--temperature", "0", "--system", "Be brief"))
                .isZero();
        assertThat(out.toString()).isEqualTo("Tökyo 😀.\n");
        assertThat(err.toString()).isEmpty();
        assertThat(model.prompts).containsExactly("[system]Be brief[user]What is it?[assistant]");
    }

    @Test
    void doesNotAddALineEndWhereThereIsOne() {
        assertThat(run(ScriptedModel.answering("x\n"), "m", "q", "--temperature", "0"))
                .isZero();
        assertThat(out.toString()).isEqualTo("x\n");
    }

    @Test
    void stopsBeforeAStopString() {
        assertThat(run(ScriptedModel.answering("one two three"), "m", "q", "--temperature", "0", "--stop", " th"))
                .isZero();
        assertThat(out.toString()).isEqualTo("one two\n");
    }

    @Test
    void answersAsTheConstraintSays(@TempDir Path folder) throws IOException {
        Path grammar = Files.writeString(folder.resolve("g.gbnf"), "root ::= \"one\" [ ] [a-z]{3}");
        Path schema = Files.writeString(folder.resolve("s.json"), "{\"const\": [true]}");
        String[][] answers = {
            {"--regex", "on[a-z] t", "one t\n"},
            {"--grammar", grammar.toString(), "one two\n"},
            {"--json-schema", schema.toString(), "[true]\n"},
            {"--json-schema", "{\"enum\": [\"x\"]}", "\"x\"\n"}
        };
        for (String[] each : answers) {
            out.getBuffer().setLength(0);
            assertThat(run(ScriptedModel.answering("one two three"), "m", "q", "--temperature", "0", each[0], each[1]))
                    .as(each[0])
                    .isZero();
            assertThat(out.toString()).isEqualTo(each[2]);
        }
        assertThat(run(ScriptedModel.answering("x"), "m", "q", "--json-schema", "{\"type\":\"integer\",\"not\":{}}"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("not at the root");
    }

    @Test
    void endsAfterMaxTokensAndShowsWholeCharactersOnly() {
        assertThat(run(ScriptedModel.answering("aä"), "m", "q", "--temperature", "0", "-n", "2"))
                .isZero();
        assertThat(out.toString()).isEqualTo("a\n");
    }

    @Test
    void readsTheQuestionFromAPipe() {
        in = new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8));
        var model = ScriptedModel.answering("ok");
        assertThat(run(model, "m", "--temperature", "0")).isZero();
        assertThat(model.prompts).containsExactly("[user]hello[assistant]");
    }

    @Test
    void putsWhatComesByAPipeBehindTheQuestion() {
        in = new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8));
        var model = ScriptedModel.answering("ok");
        assertThat(run(model, "m", "Explain", "--temperature", "0")).isZero();
        assertThat(model.prompts).containsExactly("[user]Explain\n\ntext[assistant]");
    }

    @Test
    void anIdlePipeKeepsNobodyWaiting() throws Exception {
        try (var writer = new PipedOutputStream();
                var idle = new PipedInputStream(writer)) {
            in = idle;
            var model = ScriptedModel.answering("ok");
            assertThat(run(model, "m", "Explain", "--temperature", "0")).isZero();
            assertThat(model.prompts).containsExactly("[user]Explain[assistant]");
            assertThat(out.toString()).isEqualTo("ok\n");
            assertThat(err.toString()).contains("nothing came on standard input");
        }
    }

    @Test
    void withoutAnyQuestionTheUsageIsWrong() {
        assertThat(run(ScriptedModel.answering("ok"), "m")).isEqualTo(2);
        assertThat(err.toString()).contains("question is missing");
    }

    @Test
    void withoutATemplateItContinuesTheTextAndSaysSo() {
        var model = new ScriptedModel("ok", 4096, true, false);
        assertThat(run(model, "m", "Once", "--temperature", "0")).isZero();
        assertThat(model.prompts).containsExactly("Once");
        assertThat(err.toString()).contains("no chat template");
        var raw = ScriptedModel.answering("ok");
        assertThat(run(raw, "m", "Once", "--raw", "--temperature", "0")).isZero();
        assertThat(raw.prompts).containsExactly("Once");
    }

    @Test
    void continuesIdsWithoutATokenizer() {
        var model = new ScriptedModel("AB", 4096, false, false);
        assertThat(run(model, "m", "--tokens", "1, 2,3", "--temperature", "0")).isZero();
        assertThat(out.toString()).isEqualTo("65,66,256\n");
        assertThat(run(model, "m", "question", "--temperature", "0")).isEqualTo(1);
        assertThat(err.toString()).contains("no tokenizer").contains("--tokens 1,2,3");
        assertThat(run(model, "m", "--tokens", "1,x")).isEqualTo(2);
        assertThat(run(model, "m", "question", "--tokens", "1")).isEqualTo(2);
    }

    @Test
    void tellsAFullContextAndRefusesALongPrompt() {
        var small = new ScriptedModel("x".repeat(100), 32, true, true);
        assertThat(run(small, "m", "q", "--temperature", "0")).isZero();
        assertThat(out.toString().strip()).hasSize(32 - "[user]q[assistant]".length());
        assertThat(err.toString()).contains("context of 32 tokens is full");
        assertThat(run(small, "m", "q".repeat(40), "--temperature", "0")).isEqualTo(1);
        assertThat(err.toString()).contains("[limit-exceeded]").contains("57 tokens");
    }

    @Test
    void goesOnAfterTheEndTokenWhereAskedTo() {
        var model = new ScriptedModel("AB", 4096, false, false);
        assertThat(run(model, "m", "--tokens", "1", "--temperature", "0", "--ignore-eos", "-n", "4"))
                .isZero();
        assertThat(out.toString()).isEqualTo("65,66,256,256\n");
    }

    @Test
    void aFailureBeforeTheFirstTokenPrintsNothing() {
        var small = new ScriptedModel("x", 32, true, true);
        assertThat(run(small, "m", "q".repeat(40), "--temperature", "0")).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void statisticsOnlyWhereAskedFor() {
        assertThat(run(ScriptedModel.answering("ok"), "m", "q", "--stats", "--seed", "5"))
                .isZero();
        assertThat(err.toString()).contains("answer 3 tokens").contains("seed 5");
        assertThat(out.toString()).isEqualTo("ok\n");
    }

    @Test
    void tellsAllAsJson() {
        assertThat(run(ScriptedModel.answering("ok"), "m", "q", "--json", "--temperature", "0"))
                .isZero();
        var json = Json.tree(out.toString());
        assertThat(json.path("text").asString()).isEqualTo("ok");
        assertThat(json.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(json.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void aReaderThatWentAwayEndsItQuietly() {
        PrintWriter closed = new PrintWriter(new Writer() {
            @Override
            public void write(char[] chars, int offset, int length) throws java.io.IOException {
                throw new java.io.IOException("broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        int code = run(ScriptedModel.answering("x".repeat(3000)), closed, "m", "q", "--temperature", "0");
        assertThat(code).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void badValuesAreRefusedBeforeAnythingIsLoaded() {
        ModelSource none = (options, speculation, messages) -> {
            throw new AssertionError("opened");
        };
        String[][] bad = {
            {"--top-p", "2"},
            {"--top-k", "x"},
            {"--temperature", "-1"},
            {"--max-tokens", "-1"},
            {"--stop", ""},
            {"--json-schema", "{"},
            {"--json-schema", "no-such-file.json"},
            {"--grammar", "no-such-file.gbnf"},
            {"--context", "-1"},
            {"--threads", "-1"},
            {"--threads", "100000000"},
            {"--kv", "q1"},
            {"--speculate", "luck"},
            {"--speculate", "draft"}
        };
        for (String[] option : bad) {
            assertThat(run(none, new PrintWriter(out), "m", "q", option[0], option[1]))
                    .as(String.join(" ", option))
                    .isEqualTo(2);
        }
        assertThat(err.toString()).contains("top_p must be between 0 and 1", "'x' is no whole number");
        assertThat(out.toString()).isEmpty();
    }
}
