package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Guards the command line: exit codes, suggestions, help. */
final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int smelt(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(smelt("--help")).isZero();
        assertThat(smelt("--version")).isZero();
        assertThat(out.toString()).contains("Usage: smelt").contains("smelt 0.1.0 (Java ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void wrongUsageIsTwoAndTellsWhatMayHaveBeenMeant() {
        assertThat(smelt("pulll")).isEqualTo(2);
        assertThat(smelt("pull", "--ofline", "x")).isEqualTo(2);
        assertThat(smelt("pull")).isEqualTo(2);
        assertThat(smelt()).isEqualTo(2);
        assertThat(err.toString())
                .contains("did you mean pull?", "did you mean --offline?", "'MODEL'")
                .doesNotContain("Error:");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void failedWorkIsOneAndTellsCodeAndNextStep() {
        assertThat(smelt("show", "smolm2", "--offline")).isEqualTo(1);
        assertThat(err.toString())
                .contains("[not-found]", "did you mean smollm2")
                .doesNotContain("\tat ");
    }

    @Test
    void helpFitsEightyColumns() {
        CommandLine line = Main.commandLine(new PrintWriter(out), new PrintWriter(err));
        for (CommandLine command : line.getSubcommands().values()) {
            var footer = command.getCommandSpec().usageMessage().footer();
            assertThat(footer).as(command.getCommandName()).allMatch(text -> text.length() <= 80);
        }
    }

    @Test
    void aBadOptionOfTheEnvironmentIsToldBeforeAnyWork() {
        System.setProperty("SMELT_DEBUG", "loud");
        try {
            assertThat(smelt("list")).isEqualTo(1);
        } finally {
            System.clearProperty("SMELT_DEBUG");
        }
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("SMELT_DEBUG=loud is not a valid value")
                .doesNotContain("\tat ");
    }

    @Test
    void aFullDiskBehindStandardOutputIsToldAReaderThatWentAwayIsNot() {
        assertThat(complaintAfter("No space left on device")).contains("No space left on device");
        assertThat(complaintAfter("Broken pipe")).isEmpty();
        assertThat(new StandardOutput(OutputStream.nullOutputStream()).complaint())
                .isEmpty();
    }

    private static String complaintAfter(String problem) {
        StandardOutput output = new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(problem);
            }
        });
        PrintWriter writer = new PrintWriter(output, false, StandardCharsets.UTF_8);
        writer.println("text");
        assertThat(writer.checkError()).isTrue();
        return output.complaint();
    }

    @Test
    void errorsOfTheJavaMachineAreFailuresToo() {
        PrintWriter writer = new PrintWriter(err);
        assertThat(Complaints.about(new OutOfMemoryError("Java heap space"), writer))
                .isEqualTo(1);
        assertThat(Complaints.about(new StackOverflowError(), writer)).isEqualTo(1);
        assertThat(err.toString())
                .contains("[out-of-resources]", "SMELT_JAVA_OPTIONS", "[internal]")
                .doesNotContain("\tat ");
    }

    @Test
    void everyCommandHasAHelpWithAnExampleOfItsOwn() {
        CommandLine line = Main.commandLine(new PrintWriter(out), new PrintWriter(err));
        List<String> without = new ArrayList<>();
        for (Map.Entry<String, CommandLine> command : line.getSubcommands().entrySet()) {
            String help = command.getValue().getUsageMessage();
            if (!help.contains("Example") || !help.contains("--help")) {
                without.add(command.getKey());
            }
        }
        assertThat(without).isEmpty();
    }
}
