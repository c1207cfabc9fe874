package smelt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import smelt.formats.ModelFile;
import smelt.formats.gguf.GgufReader;

/**
 * Guards the tokenizer room against real vocabularies, which are not ours to ship: set SMELT_VOCABULARIES to the folder
 * of llama.cpp's {@code ggml-vocab-*.gguf} with their {@code .inp} and {@code .out} files.
 */
class RealVocabularyTest {
    private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

    @TestFactory
    Stream<DynamicTest> everyTextGivesTheRecordedIds() throws IOException {
        String folder = System.getenv("SMELT_VOCABULARIES");
        assumeTrue(folder != null && Files.isDirectory(Path.of(folder)), "SMELT_VOCABULARIES names no folder");
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files
                    .filter(file -> file.toString().endsWith(".gguf"))
                    .filter(file -> Files.exists(sibling(file, ".inp")))
                    .sorted()
                    .toList()
                    .stream()
                    .map(file -> dynamicTest(file.getFileName().toString(), () -> compare(file)));
        }
    }

    private static void compare(Path file) throws IOException {
        Tokenizer tokenizer;
        try (ModelFile model = GgufReader.open(file)) {
            tokenizer = Tokenizers.fromGguf(model.metadata());
        }
        String[] texts = Files.readString(sibling(file, ".inp")).split(SEPARATOR, -1);
        List<String> lines = Files.readAllLines(sibling(file, ".out"));
        assertThat(lines).hasSizeGreaterThan(20);
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < lines.size(); i++) {
            softly.assertThat(tokenizer.encode(texts[i], false, false))
                    .as("'%s'", texts[i])
                    .isEqualTo(numbers(lines.get(i)));
        }
        softly.assertAll();
    }

    private static int[] numbers(String line) {
        List<String> words = new ArrayList<>(Arrays.asList(line.trim().split("\\s+")));
        words.removeIf(String::isEmpty);
        return words.stream().mapToInt(Integer::parseInt).toArray();
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
