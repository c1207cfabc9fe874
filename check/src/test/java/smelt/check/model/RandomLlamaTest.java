package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smelt.formats.ModelFile;
import smelt.formats.open.ModelFiles;
import smelt.graph.ModelGraph;
import smelt.models.Models;
import smelt.tokenizer.Tokenizer;
import smelt.tokenizer.Tokenizers;

/** Guards the script that writes models of random weights for measurements: smelt reads what it writes. */
class RandomLlamaTest {
    private static final int VOCABULARY = 1024;

    @ParameterizedTest
    @ValueSource(strings = {"Q4_0", "Q8_0", "Q4_K_M"})
    void writesAModel(String type, @TempDir Path folder) throws Exception {
        Path path = folder.resolve("model.gguf");
        assumeTrue(run("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))") == 0, "no python3");
        String script = Path.of("oracles/random_llama.py").toString();
        String[] command = {
            "python3", script, "--type", type, "--layers", "1", "--vocabulary", "" + VOCABULARY, path.toString()
        };
        assertThat(run(command)).isZero();
        try (ModelFile file = ModelFiles.open(path)) {
            ModelGraph graph = Models.build(file, Models.Options.defaults());
            assertThat(graph.info().vocabulary()).isEqualTo(VOCABULARY);
            assertThat(graph.layers()).hasSize(1);
            Tokenizer tokenizer = Tokenizers.fromGguf(file.metadata());
            int[] ids = tokenizer.encode("A tale of pairs.", false, false);
            assertThat(tokenizer.decode(ids, false)).isEqualTo("A tale of pairs.");
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        }
    }
}
