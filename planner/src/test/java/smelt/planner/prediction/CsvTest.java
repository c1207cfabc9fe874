package smelt.planner.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import smelt.base.Failure;

/** Guards the reading and writing of comma-separated values. */
class CsvTest {
    @Test
    void fieldsAreReadAsTheyWereMeant() {
        assertThat(read("a,b\r\n\"x,\"\"y\"\"\",\n\n1,\"two\nlines\""))
                .containsExactly(List.of("a", "b"), List.of("x,\"y\"", ""), List.of("1", "two\nlines"));
        assertThat(read("\uFEFFa\n")).containsExactly(List.of("a"));
        assertThat(read("")).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (String value : List.of("", "plain", "a,b", "say \"so\"", "two\nlines")) {
            assertThat(read("x," + Csv.field(value))).containsExactly(List.of("x", value));
        }
    }

    @Test
    void brokenQuotesAreToldByLine() {
        assertThatThrownBy(() -> read("a\n\"b"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Line 2")
                .hasMessageContaining("never closed");
        assertThatThrownBy(() -> read("a\nb\"c")).isInstanceOf(Failure.class).hasMessageContaining("Line 2");
        assertThatThrownBy(() -> read("x".repeat(1 << 21))).isInstanceOf(Failure.class);
    }

    private static List<List<String>> read(String text) {
        return Csv.read(new StringReader(text));
    }
}
