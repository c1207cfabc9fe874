package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.planner.catalogue.Catalogue;

/** Guards planner/: what questions may say, and that all that is wrong with one is told at once. */
final class QuestionReaderTest {
    @TempDir
    Path folder;

    private static Question read(String... namesAndValues) {
        Map<String, List<String>> said = new LinkedHashMap<>(Map.of("model", List.of("llama-2-70b")));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            said.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return QuestionReader.read(said, Catalogue.builtIn());
    }

    private static Failure refusal(String... namesAndValues) {
        return catchThrowableOfType(Failure.class, () -> read(namesAndValues));
    }

    @Test
    void readsLimitsInTheirUnits() {
        Question question = read("ttft", "500ms", "tpot", "0.04", "budget", "3000/month", "power", "2kW");
        assertThat(question.constraints())
                .containsExactlyInAnyOrder(
                        new Constraint(Measure.TTFT, 0.5),
                        new Constraint(Measure.TPOT, 0.04),
                        new Constraint(Measure.WATTS, 2000),
                        new Constraint(Measure.PER_HOUR, 3000 / (8766 / 12.0)));
    }

    @Test
    void readsMachinesThatAreOwned() {
        Question question = read("own", "4xRTX4090, 2x8xH100, 16xH100");
        assertThat(question.supplies().owned())
                .extracting(o -> o.machines() + "*" + o.devicesPerMachine())
                .containsExactly("1*4", "2*8", "2*8");
        assertThat(question.supplies().rent()).isFalse();
        assertThat(question.supplies().buy()).isFalse();
    }

    @Test
    void withoutSuppliesAnythingMayBeRentedOrBought() {
        assertThat(read().supplies().rent()).isTrue();
        assertThat(read().supplies().buy()).isTrue();
        assertThat(read("on-premises", "true").supplies().rent()).isFalse();
    }

    @Test
    void tellsAllProblemsAtOnce() {
        Failure failure = refusal(
                "ttft", "soon", "own", "4xRTX4O9O", "power-price", "-0.1", "workload", "chatt", "survive", "1.5");
        assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
        assertThat(failure.what())
                .contains("5 problems")
                .contains("ttft must be like 500ms")
                .contains("rtx-4090")
                .contains("cannot be negative")
                .contains("did you mean chat?")
                .contains("survive must be a whole number");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(refusal("on-premises", "true", "clouds", "any").what()).contains("contradict each other");
        assertThat(refusal("rate", "5/s", "throughput", "100").what()).contains("rate and throughput");
        assertThat(refusal("rate", "0.001/h").what()).contains("2 requests a day");
        assertThat(refusal("throughput", "999999999999").what()).contains("a million a second");
        assertThat(refusal("input", "100000").what()).contains("longer than the 4096");
        assertThat(refusal("clouds", "nobody").what()).contains("there are no offers of nobody");
    }

    @Test
    void aModelIsNeeded() {
        Failure failure = catchThrowableOfType(Failure.class, () -> QuestionReader.read(Map.of(), Catalogue.builtIn()));
        assertThat(failure.what()).contains("there is no model");
        assertThat(refusal("model", "lama-2-70b").what()).contains("llama-2-70b");
    }

    @Test
    void aFileSaysTheSame() throws Exception {
        Path file = Files.writeString(
                folder.resolve("q.yaml"), "model: llama-2-70b\nrate: 5/s\nown: [4xRTX4090, 8xH100]\nterms: [spot]\n");
        assertThat(QuestionFile.read(file))
                .containsEntry("rate", List.of("5/s"))
                .containsEntry("own", List.of("4xRTX4090", "8xH100"))
                .containsEntry("terms", List.of("spot"));
    }

    @Test
    void aFileIsRefusedWhereItSaysWhatNobodyKnows() throws Exception {
        Path unknown = Files.writeString(folder.resolve("a.yaml"), "modell: x\n");
        assertThat(catchThrowableOfType(Failure.class, () -> QuestionFile.read(unknown))
                        .what())
                .contains("modell")
                .contains("did you mean model?");
        Path nested = Files.writeString(folder.resolve("b.yaml"), "own: {a: 1}\n");
        assertThat(catchThrowableOfType(Failure.class, () -> QuestionFile.read(nested))
                        .code())
                .isEqualTo(FailureCode.MALFORMED);
        Path broken = Files.writeString(folder.resolve("c.yaml"), "own: [1\n");
        assertThat(catchThrowableOfType(Failure.class, () -> QuestionFile.read(broken))
                        .code())
                .isEqualTo(FailureCode.MALFORMED);
        assertThat(catchThrowableOfType(Failure.class, () -> QuestionFile.read(folder.resolve("none.yaml")))
                        .code())
                .isEqualTo(FailureCode.NOT_FOUND);
    }
}
