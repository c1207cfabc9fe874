package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.cli.Main;

/** Guards the model that {@code scripts/build.sh} trains the start on. */
final class TrainingModelTest {
    private static final Path COMMITTED = Path.of("src/test/resources/training-model/model.gguf");

    @TempDir
    private Path temporary = Path.of("");

    @Test
    void theCommittedFileIsWhatTheSourceWrites() throws IOException {
        Path written = temporary.resolve("training-model.gguf");
        TrainingModel.write(written);
        if (Files.mismatch(COMMITTED, written) >= 0) {
            Files.copy(written, Path.of("target/training-model.gguf"));
        }
        assertThat(COMMITTED).as("else take target/training-model.gguf over").hasSameBinaryContentAs(written);
    }

    @Test
    void itAnswersAChat() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] arguments = {"run", COMMITTED.toString(), "Who are you?", "--max-tokens", "4", "--ignore-eos"};
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), arguments))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).isNotBlank();
        assertThat(err.toString()).doesNotContain("no chat template");
    }
}
