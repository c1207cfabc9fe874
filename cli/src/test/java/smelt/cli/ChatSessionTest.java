package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.engine.LoadedModel;

/** Guards cli/: a chat by typed lines. */
final class ChatSessionTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ScriptedModel scripted = ScriptedModel.answering("ok");

    @TempDir
    private Path folder = Path.of("");

    private int chat(String typed) throws Exception {
        var in = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
        var generation = new GenerationOptions();
        generation.sampling.temperature = 0;
        try (Terminal terminal = new DumbTerminal("test", "dumb", in, shown, StandardCharsets.UTF_8);
                LoadedModel model = scripted.open(
                        new ModelOptions(), new SpeculationOptions(), new PrintWriter(Writer.nullWriter()))) {
            return new ChatSession(model, generation, terminal, folder.resolve("history")).run();
        }
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void remembersWhatWasSaid() throws Exception {
        assertThat(chat("one\ntwo\n/exit\nthree\n")).isZero();
        assertThat(scripted.prompts)
                .containsExactly("[user]one[assistant]", "[user]one[assistant]ok[user]two[assistant]");
    }

    @Test
    void theNextTurnComputesOnlyWhatIsNew() throws Exception {
        chat("a question of some length\n/stats\ntwo\n/stats\n/exit\n");
        // all but the last token of the first turn, in blocks of 16
        assertThat(text()).contains("[prompt 42 tokens,").contains("[prompt 64 tokens (32 known),");
    }

    @Test
    void endsWithTheInput() throws Exception {
        assertThat(chat("one\n")).isZero();
        assertThat(text()).contains("ok");
    }

    @Test
    void obeysCommands() throws Exception {
        Path file = folder.resolve("chat.json");
        assertThat(chat("/system S\none\n/regenerate\n/stats\n/save " + file + "\n/clear\n/load " + file
                        + "\ntwo\n/help\n/nonsense\n/load\n"))
                .isZero();
        assertThat(scripted.prompts)
                .containsExactly(
                        "[system]S[user]one[assistant]",
                        "[system]S[user]one[assistant]",
                        "[system]S[user]one[assistant]ok[user]two[assistant]");
        assertThat(text()).contains("answer 3 tokens", "/regenerate", "no /nonsense", "file is missing");
    }

    @Test
    void messagesMayHaveSeveralLines() throws Exception {
        assertThat(chat("a\\\nb\n\"\"\"c\nd\"\"\"\n")).isZero();
        assertThat(scripted.prompts.getFirst()).isEqualTo("[user]a\nb[assistant]");
        assertThat(scripted.prompts.getLast()).contains("[user]c\nd[assistant]");
    }

    @Test
    void aBadFileIsAFailureAndTheChatGoesOn() throws Exception {
        Path file = Files.writeString(folder.resolve("bad.json"), "{\"messages\":[{\"role\":\"x\",\"content\":\"\"}]}");
        Path other = Files.writeString(folder.resolve("worse.json"), "{");
        assertThat(chat("/load " + file + "\n/load " + other + "\n/load /does/not/exist\nhello\n"))
                .isZero();
        assertThat(text()).contains("unknown role 'x'", "is no JSON", "cannot be used");
        assertThat(scripted.prompts).containsExactly("[user]hello[assistant]");
    }
}
