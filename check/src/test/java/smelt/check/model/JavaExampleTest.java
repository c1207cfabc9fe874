package smelt.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import smelt.engine.Usage;

/** Guards what docs/java.md tells programmers: it compiles, it answers, and it is what stands there. */
class JavaExampleTest {
    @Test
    void answers() throws InterruptedException {
        SmolLm2Test.modelPath(); // or skips
        StringBuilder text = new StringBuilder();
        Usage usage = JavaExample.ask("smollm2", "What is the capital of Japan?", text::append);
        assertThat(text).hasToString("The capital of Japan is Tokyo.");
        assertThat(usage.completionTokens()).isPositive();
    }

    @Test
    void isTheProgramOfTheDocument() throws IOException {
        String source = Files.readString(Path.of("src/test/java/smelt/check/model/JavaExample.java"));
        int begin = source.indexOf("// doc:begin") + "// doc:begin\n".length();
        String shown = source.substring(begin, source.indexOf("    // doc:end"))
                .stripTrailing()
                .stripIndent();
        assertThat(Files.readString(Path.of("../docs/java.md"))).contains(shown);
    }
}
