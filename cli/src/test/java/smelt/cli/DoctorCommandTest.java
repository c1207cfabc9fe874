package smelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Guards the command line: doctor tells the truth to people and to programs. */
final class DoctorCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int smelt(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void describesWithoutMeasuring() {
        assertThat(smelt("doctor", "--seconds", "0")).isZero();
        assertThat(out.toString()).contains("MACHINE", "INSTRUCTIONS", "LLVM ").doesNotContain("LIMITS");
    }

    @Test
    void measuresForPrograms() {
        assertThat(smelt("doctor", "--seconds", "1", "--json")).isZero();
        JsonNode found = JsonMapper.builder().build().readTree(out.toString());
        assertThat(found.at("/machine/physical_cores").asInt()).isPositive();
        assertThat(found.at("/tiers/0/available").asBoolean()).isTrue();
        assertThat(found.at("/tiers/0/reason").isNull()).isTrue();
        assertThat(found.at("/limits/memory_read_gb_per_second").asDouble()).isPositive();
        assertThat(found.at("/limits/memory_read/0/threads").asInt()).isEqualTo(1);
        assertThat(found.at("/limits/tier").asString())
                .isEqualTo(found.at("/tier").asString());
    }

    @Test
    void aForcedTierThatIsNotThereIsAFindingNotAFailure() {
        System.setProperty("SMELT_TIER", "mmx");
        try {
            assertThat(smelt("doctor", "--seconds", "0")).isZero();
            assertThat(out.toString()).contains("Tier mmx cannot run here");
        } finally {
            System.clearProperty("SMELT_TIER");
        }
    }

    @Test
    void refusesNegativeTime() {
        assertThat(smelt("doctor", "--seconds", "-1")).isEqualTo(2);
    }
}
